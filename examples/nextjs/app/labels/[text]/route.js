import { label } from 'labels';

export const dynamic = 'force-dynamic';

export async function GET(_request, { params }) {
  const { text } = await params;
  return new Response(label(text));
}

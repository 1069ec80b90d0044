export default function Page() {
  return <p>Labels</p>;
}

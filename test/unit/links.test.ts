import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
// @ts-expect-error a script without types
import { brokenLinks, externalLinks } from '../../scripts/links.mjs';
import { AppFolder } from '../support/app-folder.ts';

const PAGE = `# Title
[here](#title) [there](b.md#part-one) [none](b.md#none) [gone](c.md) [out](../x.md)
<https://site.org/a> and https://site.org/b, [plain](http://site.org/) [user](https://u:p@site.org/) <img src="gone.png">
[made up](https://registry.example/x) [local](http://127.0.0.1:4318) \`[code](gone.md)\`
\`\`\`
[block](gone.md)
\`\`\`
[later]: https://site
`;

describe('links of the documentation', () => {
  it('that lead nowhere are told, each with its line and reason; of other sites the form alone', () => {
    using folder = new AppFolder();
    folder.write('a.md', PAGE);
    folder.write('b.md', '## Part one\n');
    const broken = brokenLinks(folder.root) as { file: string; line: number; link: string; reason: string }[];
    assert.deepEqual(
      broken.map(({ line, link, reason }) => [line, link, reason]),
      [
        [2, 'b.md#none', 'there is no such heading'],
        [2, 'c.md', 'there is no such file'],
        [2, '../x.md', 'leads out of the repository'],
        [3, 'http://site.org/', 'is not https'],
        [3, 'https://u:p@site.org/', 'names a user'],
        [3, 'gone.png', 'there is no such file'],
        [4, 'https://registry.example/x', 'is nobody’s address'],
        [8, 'https://site', 'names no site'],
      ],
    );
    const external = externalLinks(folder.root) as string[];
    assert.ok(external.includes('https://site.org/a') && external.includes('https://site.org/b'), external.join(' '));
  });
});

/** As much of a VT100 as the command line uses: what somebody sees in a terminal after some bytes. */
export class Screen {
  readonly rows: number;
  readonly columns: number;
  private lines: string[];
  private row = 0;
  private column = 0;
  private saved = { row: 0, column: 0 };
  private rest = '';

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    this.lines = Array.from({ length: rows }, () => '');
  }

  /** Everything that is on the screen, without what is blank at the end. */
  get text(): string {
    return this.lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  write(bytes: string): void {
    let text = this.rest + bytes;
    this.rest = '';
    while (text !== '') {
      const sequence = /^(?:\u001b(?:[78DM]|\[[\d;?]*[A-Za-z]|\][^\u0007]*\u0007)|[^\u001b])/u.exec(text)?.[0];
      if (sequence === undefined) {
        this.rest = text;
        return;
      }
      text = text.slice(sequence.length);
      this.obey(sequence);
    }
  }

  private obey(sequence: string): void {
    if (sequence === '\n' || sequence === '\u001bD') this.down();
    else if (sequence === '\r') this.column = 0;
    else if (sequence === '\u001bM') this.row = Math.max(0, this.row - 1);
    else if (sequence === '\u001b7') this.saved = { row: this.row, column: this.column };
    else if (sequence === '\u001b8') Object.assign(this, this.saved);
    else if (sequence === '\u001b[B') this.row = Math.min(this.rows - 1, this.row + 1);
    else if (sequence === '\u001b[K') this.lines[this.row] = this.line().slice(0, this.column);
    else if (sequence.length === 1 || sequence.codePointAt(0) !== 0x1b) this.print(sequence);
    // Colours and titles change no character.
    else if (!/^\u001b(?:\[[\d;]*m|\]|\[2[23];2t)/.test(sequence)) throw new Error(JSON.stringify(sequence));
  }

  private line(): string {
    return (this.lines[this.row] ?? '').padEnd(this.column);
  }

  private print(character: string): void {
    const line = this.line();
    this.lines[this.row] = line.slice(0, this.column) + character + line.slice(this.column + 1);
    this.column++;
  }

  private down(): void {
    if (this.row < this.rows - 1) this.row++;
    else this.lines = [...this.lines.slice(1), ''];
  }
}

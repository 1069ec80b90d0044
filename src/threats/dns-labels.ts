import { StringPrototypeCharCodeAt } from '../primordials.ts';
import { TUNNEL_CHUNK, TUNNEL_LABEL } from './thresholds.ts';

/**
 * Length of the longest label of a name that reads like an encoding: letters and digits mixed too often for a word, or
 * only hexadecimal digits. The last two labels are the domain itself and do not count. T1071.004, T1048.
 */
export function longestEncodedLabel(name: string): number {
  let longest = 0;
  let start = 0;
  let dots = 0;
  for (let i = 0; i < name.length; i++) if (StringPrototypeCharCodeAt(name, i) === 46) dots++;
  for (let i = 0; i <= name.length && dots >= 2; i++) {
    if (i < name.length && StringPrototypeCharCodeAt(name, i) !== 46) continue;
    if (i - start > longest && isEncoded(name, start, i)) longest = i - start;
    start = i + 1;
    dots--;
  }
  return longest;
}

function isEncoded(name: string, start: number, end: number): boolean {
  const length = end - start;
  if (length < TUNNEL_CHUNK) return false;
  let digits = 0;
  let turns = 0;
  let hex = 0;
  let dashes = 0;
  let vowels = 0;
  let wasDigit = false;
  for (let i = start; i < end; i++) {
    const code = StringPrototypeCharCodeAt(name, i) | 32;
    const isDigit = code >= 48 && code <= 57;
    if (isDigit) digits++;
    if (isDigit || (code >= 97 && code <= 102)) hex++;
    if (code === 45) dashes++;
    if (code === 97 || code === 101 || code === 105 || code === 111 || code === 117) vowels++;
    if (i > start && isDigit !== wasDigit) turns++;
    wasDigit = isDigit;
  }
  if (hex === length) return true;
  if (length >= TUNNEL_LABEL) return true;
  // Words with dashes are names that people or clouds gave.
  if (dashes >= 2) return false;
  return (digits > 0 && turns * 6 >= length) || vowels * 8 < length;
}

/** The name may carry data in its labels. */
export function tunnelSign(name: string): boolean {
  return name.length >= TUNNEL_CHUNK && longestEncodedLabel(name) > 0;
}

import t from 'tap';
import { quoteBytes } from '../../src/raft/quote.js';
import { bytes } from './cluster.js';

t.test("bytes are printed as Go's %q does", (t) => {
  t.equal(quoteBytes(bytes('')), '""');
  t.equal(quoteBytes(bytes('foo bar')), '"foo bar"');
  t.equal(quoteBytes(bytes('a"b\\c\n\t\u0007')), '"a\\"b\\\\c\\n\\t\\a"');
  t.equal(quoteBytes(bytes('\u0000\u001f\u007f')), '"\\x00\\x1f\\x7f"');
  t.equal(quoteBytes(bytes('é世😀')), '"é世😀"');
  t.equal(quoteBytes(bytes('\u00a0\u200b\u{e0001}')), '"\\u00a0\\u200b\\U000e0001"');
  t.equal(quoteBytes(Uint8Array.of(0xff, 0x41, 0xc3)), '"\\xffA\\xc3"', 'not UTF-8');
  t.equal(quoteBytes(Uint8Array.of(0xc0, 0xaf, 0xed, 0xa0, 0x80)), '"\\xc0\\xaf\\xed\\xa0\\x80"');
  t.end();
});

import fc from 'fast-check';

/** Text of any code points, lone surrogates included. Made by hand: fast-check's own takes a second to be set up. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff), fc.nat(0x10ffff)), { maxLength: 12 })
  .map((points) => String.fromCodePoint(...points));

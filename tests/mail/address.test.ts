import { expect, test } from 'vitest';
import { checkAddress, fromWire, resolve, toWire } from '../../src/mail/address.ts';

const mailboxes = async () => ['lead', 'operator', 'w0', 'w1', 'w10'];

test('groups mean the mailboxes of now, without the sender', async () => {
  expect(await resolve(['@all'], 'lead', mailboxes)).toEqual(['operator', 'w0', 'w1', 'w10']);
  expect(await resolve(['@workers'], 'w1', mailboxes)).toEqual(['w0', 'w10']);
  expect(await resolve(['@workers', 'operator', 'w0'], 'lead', mailboxes)).toEqual(['operator', 'w0', 'w1', 'w10']);
});

test('a sender may write to itself by name', async () => {
  expect(await resolve(['w1', '@workers'], 'w1', mailboxes)).toEqual(['w0', 'w1', 'w10']);
});

test.each([
  '',
  '@everyone',
  '../lead',
  'W0',
  'w0@oompa',
  'w0\r\nBcc: x',
  'a/b',
  '.hidden',
  'x.lock',
  'w0 ',
  '@toString',
])('%j is no address', async (address) => {
  await expect(resolve([address], 'lead', mailboxes)).rejects.toMatchObject({
    name: 'EffectError',
    code: 'bad-address',
  });
  expect(() => checkAddress(address)).toThrow(/is not a mail address/);
});

test('only mailboxes of our own domain are addresses', () => {
  expect(fromWire(toWire('w0', 'oompa'), 'oompa')).toBe('w0');
  expect(fromWire('lead', 'oompa')).toBe('lead');
  expect(fromWire('lead@OOMPA', 'oompa')).toBe('lead');
  for (const stranger of ['lead@example.com', 'lead@oompa@example.com', 'Lead@oompa', 'le ad@oompa']) {
    expect(fromWire(stranger, 'oompa')).toBe(stranger);
  }
});

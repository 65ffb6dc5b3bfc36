// Publishes a model, as Eve, whose record names the circuit of another model; prints its number. For tests of audits.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Accounts } from './accounts.js';
import { Chain } from './chain.js';

const { values: given } = parseArgs({
	options: { url: { type: 'string' }, model: { type: 'string' }, file: { type: 'string' } },
});
const chain = await Chain.connect(given.url);
const { models } = chain.api.tx;
const record = (await chain.api.query.models.models(Number(given.model))).unwrap();
// A file of one chunk, whose id is the digest of its bytes.
const digest = `0x${createHash('sha256').update(await readFile(given.file)).digest('hex')}`;
const draft = { ...Object.fromEntries(record.terms.entries()), name: '0x626f72726f776564', content: { codec: 'Raw', digest } };
const { events } = await chain.send(models.publish(draft), new Accounts('borrow').wellKnown('Eve'));
const published = events.find(({ section, method }) => section === 'models' && method === 'Published');
console.log(published.data.model.toString());
await chain.disconnect();

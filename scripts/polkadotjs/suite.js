// Goes through a running development chain as polkadot.js apps do; `--whole` adds what takes eras. Writes what it found as JSON.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { Accounts } from './accounts.js';
import { Chain } from './chain.js';
import { Steps } from './steps.js';
import apps from './subjects/apps.js';
import balances from './subjects/balances.js';
import blocks from './subjects/blocks.js';
import committee from './subjects/committee.js';
import eras from './subjects/eras.js';
import explorer from './subjects/explorer.js';
import inference from './subjects/inference.js';
import metadata from './subjects/metadata.js';
import pools from './subjects/pools.js';
import proxies from './subjects/proxies.js';
import referenda from './subjects/referenda.js';
import sessions from './subjects/sessions.js';
import staking from './subjects/staking.js';
import subxt from './subjects/subxt.js';
import treasury from './subjects/treasury.js';

const { values: given } = parseArgs({
	options: {
		url: { type: 'string', default: 'ws://127.0.0.1:9944' },
		out: { type: 'string' },
		model: { type: 'string' },
		opg: { type: 'string' },
		whole: { type: 'boolean', default: false },
		only: { type: 'string', multiple: true },
	},
});

// Subjects have accounts of their own, so that they go on side by side; eras count from when they begin.
const together = [metadata, explorer, balances, staking, pools, sessions, referenda, treasury, committee, proxies, inference, apps, subxt];
if (given.whole) together.push(eras);
const left = together.filter(({ name }) => !given.only || given.only.includes(name));

for (const needed of ['out', 'model', 'opg']) {
	if (!given[needed]) {
		console.error(`polkadotjs: give --${needed}; scripts/polkadotjs.sh does`);
		process.exit(2);
	}
}

const begun = new Date();
const chain = await Chain.connect(given.url);
const accounts = new Accounts(begun.getTime().toString(36));
const totals = {};
const context = { chain, totals, ...given };
const casts = new Map(left.map((subject) => [subject, subject.cast(accounts)]));
const steps = new Steps();

await steps.subject('batch', ({ step }) => step('accounts get money, all in one transaction', async (check) => {
	check.event(await accounts.endow(chain), 'utility.BatchCompleted');
}), context);
if (steps.failed.length === 0) {
	await Promise.all(left.map((subject) => steps.subject(subject.name, subject.run, { ...context, cast: casts.get(subject) })));
	await steps.subject(blocks.name, blocks.run, context);
}

const { api } = chain;
const result = {
	pass: given.whole ? 'whole' : 'short',
	begun: begun.toISOString(),
	seconds: Math.round((Date.now() - begun) / 1000),
	chain: (await api.rpc.system.chain()).toString(),
	node: (await api.rpc.system.version()).toString(),
	spec: `${api.runtimeVersion.specName} ${api.runtimeVersion.specVersion}`,
	metadata: api.runtimeMetadata.version,
	library: api.libraryInfo,
	platform: `Node ${process.version}`,
	totals,
	steps: steps.records,
};
await mkdir(dirname(given.out), { recursive: true });
await writeFile(given.out, `${JSON.stringify(result, null, '\t')}\n`);
await chain.disconnect();

const checks = steps.records.reduce((sum, record) => sum + record.checks, 0);
const passed = steps.records.length - steps.failed.length;
console.log(`polkadotjs: ${passed} of ${steps.records.length} steps passed, ${checks} checks, ${result.seconds} s`);
process.exit(steps.failed.length === 0 ? 0 : 1);

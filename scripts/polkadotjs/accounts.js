// Who acts: the chain's well-known accounts, which have money, and fresh ones of this run, which are given some.

import { Keyring } from '@polkadot/keyring';
import { OPG } from './chain.js';

export class Accounts {
	constructor(run) {
		this.keys = new Keyring({ type: 'sr25519', ss58Format: 42 });
		this.run = run;
		this.fresh = [];
	}

	// One of the development chain's accounts, such as "Alice" or "Alice//stash".
	wellKnown(name) {
		return this.keys.addFromUri(`//${name}`);
	}

	uri(name) {
		return `//polkadotjs//${this.run}//${name}`;
	}

	// An account nobody used before.
	make(name, type = 'sr25519') {
		const pair = this.keys.addFromUri(this.uri(name), {}, type);
		this.fresh.push(pair.address);
		return pair;
	}

	// Gives every account made so far the same, in one transaction.
	endow(chain, amount = 5_000n * OPG) {
		const { balances, utility } = chain.api.tx;
		const calls = this.fresh.map((address) => balances.transferKeepAlive(address, amount));
		this.fresh = [];
		return chain.send(utility.batchAll(calls), this.wellKnown('Alice'));
	}
}

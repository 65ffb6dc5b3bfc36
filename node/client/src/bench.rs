//! `opg bench`: how much a chain takes, with transfers as the yardstick.

use crate::{
	answer::Answer,
	args::{BenchCommand, KeyArgs, LoadArgs, RequestLoadArgs},
	batch::{is_late, numbered},
	chain::{
		self, next_block, AtBlock, Chain, CLIENT_KEYS, POSITIONS, REQUEST, REQUESTS, TRANSFER,
		UPKEEP_FEE,
	},
	error::{Error, Result},
	feed, filling,
	infer::most_fee,
	input,
	keys::{fresh_client_key, signer},
	load::{fund, limits, senders, time, Load, Sender, Sign, LIFE},
	measure::{Ledger, Meter, Pace, Profile, Sample},
	model,
	plan::{Limits, Plan, Size, Sort},
	records::{Ask, Positions, Request, State, Transfer},
	report::{pairs, Report},
	throttle::Throttle,
	throughput,
};
use opg_primitives::{ClientKey, Input};
use subxt::{
	client::Blocks,
	utils::{MultiAddress, Static},
};
use subxt_signer::sr25519::Keypair;

/// Seconds for which transfers are measured before requests.
const YARDSTICK_SECONDS: u64 = 30;
/// Seconds of load before requests are measured, at most.
const LONGEST_WARM_UP: u64 = 240;

/// Does what was asked.
pub(crate) async fn run(
	command: BenchCommand,
	url: &str,
	keys: KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	match command {
		BenchCommand::Chain(args) => {
			let bench = Bench::new(&args, url, keys, chain, report).await?;
			let pace = bench.transfers(args.seconds.into()).await?;
			report.result(&pace, show_pace(&pace));
			Ok(())
		},
		BenchCommand::Request(args) => {
			let asking = Asking::new(&args, url, chain).await?;
			let bench = Bench::new(&args.load, url, keys, chain, report).await?;
			let seconds = YARDSTICK_SECONDS.min(args.load.seconds.into());
			let pace = match args.no_yardstick {
				true => None,
				false => Some(bench.transfers(seconds).await?.transfers_per_s),
			};
			let profile = bench.requests(&asking, pace).await?;
			report.result(&profile, show_profile(&profile));
			match profile.stuck {
				0 => Ok(()),
				count => Err(Error::Stuck { count }),
			}
		},
		BenchCommand::Feeds => feed::weigh(chain, report).await,
		BenchCommand::Proofs(args) => {
			let claim = filling::claim(&args)?;
			let figures = filling::measured(&args, report)?;
			let load = filling::load_args(&args);
			let bench = Bench::new(&load, url, keys, chain, report).await?;
			let full = filling::fill(&bench, &claim, args.blocks).await?;
			let seconds = bench.limits.block_time as f64 / 1_000.0;
			filling::show(&filling::together(figures, full, seconds), report);
			Ok(())
		},
		BenchCommand::Storage(args) => throughput::run(args, chain, report).await,
	}
}

/// The key that pays: the one named with --from, else the one to sign with.
async fn payer(from: Option<&String>, keys: KeyArgs, chain: &Chain) -> Result<Keypair> {
	let keys = match (from, &keys.suri) {
		(Some(_), Some(_)) => return Err(Error::ManyKeys),
		(Some(from), None) => KeyArgs { suri: Some(from.clone()), ..keys },
		(None, _) => keys,
	};
	signer(&keys, chain).await
}

/// Accounts and the chain they load.
pub(crate) struct Bench<'a> {
	pub(crate) chain: &'a Chain,
	url: &'a str,
	report: Report,
	pub(crate) payer: Keypair,
	pub(crate) senders: Vec<Sender>,
	pub(crate) limits: Limits,
	pool: u64,
}

impl<'a> Bench<'a> {
	async fn new(
		args: &LoadArgs,
		url: &'a str,
		keys: KeyArgs,
		chain: &'a Chain,
		report: Report,
	) -> Result<Self> {
		let payer = payer(args.from.as_ref(), keys, chain).await?;
		let senders = senders(&payer, args.accounts);
		let limits = limits(&chain.best().await?)?;
		let pool = args.pool.into();
		Ok(Self { chain, url, report, payer, senders, limits, pool })
	}

	/// Plans for transactions such as `sample` over `seconds`, and gives the accounts what that takes.
	pub(crate) async fn prepare(&self, sample: &[u8], spends: u128, seconds: u64) -> Result<Plan> {
		let cost = self.chain.cost(&self.chain.best().await?, sample).await?;
		let bytes = count(sample.len());
		let size = Size { seconds, accounts: count(self.senders.len()), pool: self.pool };
		let plan = Plan::new(self.limits, Sort { cost, bytes, spends }, size);
		fund(self.chain, &self.payer, &self.senders, plan.funds, self.report).await?;
		Ok(plan)
	}

	pub(crate) async fn load(&'a self, sign: Sign<'a>) -> Result<Load<'a>> {
		Load::new(self.chain, self.url, &self.senders, sign).await
	}

	/// How many transfers blocks take.
	async fn transfers(&self, seconds: u64) -> Result<Pace> {
		let anchor = self.chain.anchor().await?;
		let sign = |index: usize, number| {
			let to = self.senders[(index + 1) % self.senders.len()].account;
			let call = Transfer { dest: MultiAddress::Id(to), value: 1 };
			let keys = &self.senders[index].keys;
			let signed = self.chain.sign_for(LIFE, &anchor, keys, number, TRANSFER, call)?;
			Ok(signed.into_encoded())
		};
		let plan = self.prepare(&sign(0, 0)?, 0, seconds).await?;
		let mut load = self.load(&sign).await?;
		self.report.remark(format!("Signing {} transfers ahead …", plan.ahead));
		load.sign_ahead(plan.ahead)?;
		let mut blocks = self.chain.blocks(false).await?;
		let mut meter = Meter::new(seconds);
		let mut newest = self.chain.best().await?.block_number();
		let (mut is_over, mut dry) = (false, 0);
		while !is_over {
			load.send(newest, load.room(plan.ready, plan.pool)).await?;
			dry += u64::from(load.in_pool() < plan.per_block);
			let (_, sample) = self.step("transfers", &mut load, &mut blocks).await?;
			(newest, is_over) = (sample.block, meter.push(sample));
		}
		self.empty(&mut load, &mut blocks).await?;
		if dry > 0 {
			self.report.warning(format!(
				"The node's pool held less than a block takes before {dry} of the blocks, so the chain \
				 takes more than was measured. Start the node with --pool-limit 65536 --pool-kbytes 262144 \
				 and give --pool 60000."
			));
		}
		meter.window().map(Pace::new).ok_or(Error::TooShort)
	}

	/// Waits for a block and takes in what it took.
	pub(crate) async fn step(
		&self,
		what: &str,
		load: &mut Load<'_>,
		blocks: &mut Blocks<chain::Config>,
	) -> Result<(AtBlock, Sample)> {
		let at = next_block(blocks).await?;
		load.observe(&at).await?;
		let (block, count, in_pool) = (at.block_number(), load.included(), load.in_pool());
		self.report.remark(format!("block {block}: {count} {what} taken, {in_pool} to come"));
		let time = time(&at).await?;
		Ok((at, Sample { block, time, count }))
	}

	/// Waits until the pool has nothing more of the load; returns the block in which that is so.
	pub(crate) async fn empty(
		&self,
		load: &mut Load<'_>,
		blocks: &mut Blocks<chain::Config>,
	) -> Result<AtBlock> {
		let mut at = self.chain.best().await?;
		while load.in_pool() > 0 {
			at = next_block(blocks).await?;
			load.observe(&at).await?;
		}
		Ok(at)
	}

	/// What becomes of requests.
	async fn requests(&self, asking: &Asking<'_>, transfers_per_s: Option<f64>) -> Result<Profile> {
		let args = asking.args;
		let anchor = self.chain.anchor().await?;
		let sign = |index: usize, number| {
			let keys = &self.senders[index].keys;
			let serial = number * count(self.senders.len()) + count(index);
			let call = asking.ask(serial);
			let signed = self.chain.sign_for(LIFE, &anchor, keys, number, REQUEST, call)?;
			Ok(signed.into_encoded())
		};
		let warm_up = args.warm_up.map_or(LONGEST_WARM_UP, u64::from);
		let seconds = u64::from(args.load.seconds);
		let plan = self.prepare(&sign(0, 0)?, asking.spends, warm_up + seconds).await?;
		let mut blocks = self.chain.blocks(false).await?;
		let alone = self.alone(asking, &mut blocks).await?;
		let mut load = self.load(&sign).await?;
		let mut pace = Pacing::new(alone, args, warm_up);
		let mut at = self.chain.best().await?;
		let before = positions(&at).await?;
		let mut now = before;
		loop {
			let open = open_since(&before, &now).saturating_add(load.in_pool());
			let room = pace.throttle.most_open().saturating_sub(open);
			load.send(at.block_number(), room.min(load.room(plan.ready, plan.pool))).await?;
			let sample;
			(at, sample) = self.step("requests", &mut load, &mut blocks).await?;
			now = positions(&at).await?;
			if pace.note(sample, ended_since(&before, &now)) {
				break;
			}
		}
		let end = self.empty(&mut load, &mut blocks).await?;
		let numbers = before.next_request..positions(&end).await?.next_request;
		let ledger = self.follow(numbers, end, &mut blocks).await?;
		let window = pace.meter.window().ok_or(Error::TooShort)?;
		Ok(Profile::new(&ledger, window, load.included(), transfers_per_s))
	}

	/// Blocks that one request takes that is alone; fails, with the reason, if it does not settle.
	async fn alone(&self, asking: &Asking<'_>, blocks: &mut Blocks<chain::Config>) -> Result<u64> {
		let (sender, call) = (&self.senders[0], asking.ask(u64::MAX));
		let name = (sender.account.0, call.client_key);
		self.chain.send(&sender.keys, REQUEST, call).await?;
		loop {
			let at = next_block(blocks).await?;
			let Some(request) = chain::read::<_, u64>(&at, CLIENT_KEYS, name).await? else {
				continue;
			};
			let record: Option<Request> = chain::read(&at, REQUESTS, (request,)).await?;
			let record = record.ok_or(Error::RequestUnknown(request))?;
			match (&record.state, record.state.ended_at()) {
				(State::Settled { .. }, Some(end)) => {
					return Ok(end.saturating_sub(record.requested_at));
				},
				(state, Some(_)) => {
					let answer = Answer::of_record(request, &record, None, &[]);
					let cause = answer.error().unwrap_or_default().into();
					return Err(match state.fault() {
						Some(_) => Error::Failed(cause),
						None => Error::NotSettled(cause),
					});
				},
				_ if is_late(at.block_number(), &record) => return Err(Error::Stuck { count: 1 }),
				_ => {},
			}
		}
	}

	/// Waits until every request of the load has ended or is stuck.
	async fn follow(
		&self,
		numbers: std::ops::Range<u64>,
		mut at: AtBlock,
		blocks: &mut Blocks<chain::Config>,
	) -> Result<Ledger> {
		let accounts = self.senders.iter().map(|sender| sender.account.0);
		let mut ledger = Ledger::new(numbers, accounts);
		loop {
			let open = ledger.open();
			let keys = open.iter().map(|request| (*request,));
			let records: Vec<Option<Request>> = self.chain.read_many(&at, REQUESTS, keys).await?;
			for (request, record) in open.into_iter().zip(records) {
				ledger.note(at.block_number(), request, record.as_ref());
			}
			let left = ledger.open().len();
			if left == 0 {
				return Ok(ledger);
			}
			self.report.remark(format!("block {}: {left} requests are open", at.block_number()));
			at = next_block(blocks).await?;
		}
	}
}

/// What is asked.
struct Asking<'a> {
	args: &'a RequestLoadArgs,
	inputs: Vec<Input>,
	first: ClientKey,
	max_fee: u128,
	/// What a request takes of who asks, at the most.
	spends: u128,
}

impl<'a> Asking<'a> {
	async fn new(args: &'a RequestLoadArgs, url: &str, chain: &Chain) -> Result<Self> {
		let at = chain.best().await?;
		let terms = model::find(&at, args.model).await?.terms;
		let mut inputs = Vec::new();
		for encoded in input::read(&args.input, &terms.inputs)?.encoded {
			inputs.push(input::carried(&encoded, url, &[], &[]).await?);
		}
		let max_fee = most_fee(terms.price, args.trust).0;
		let upkeep: u128 = chain::constant(&at, UPKEEP_FEE)?;
		Ok(Self {
			args,
			inputs,
			first: fresh_client_key()?,
			max_fee,
			spends: max_fee.saturating_add(upkeep),
		})
	}

	/// Request number `serial`, the inputs in turn.
	fn ask(&self, serial: u64) -> Ask {
		let place = usize::try_from(serial % count(self.inputs.len())).unwrap_or(0);
		Ask {
			model: self.args.model,
			input: Static(self.inputs[place].clone()),
			trust: Static(self.args.trust),
			max_fee: self.max_fee,
			deadline: self.args.deadline,
			client_key: numbered(self.first, usize::try_from(serial).unwrap_or(usize::MAX)),
			through: None,
		}
	}
}

/// When the measurement of requests begins and ends, and how many are open meanwhile.
struct Pacing {
	throttle: Throttle,
	meter: Meter,
	/// Whether the measurement begins before the warm-up is over, once the pace is steady.
	may_be_early: bool,
	warm_up: u64,
	started: Option<u64>,
	is_warm: bool,
}

impl Pacing {
	fn new(alone: u64, args: &RequestLoadArgs, warm_up: u64) -> Self {
		Self {
			throttle: Throttle::new(alone, args.open.map(u64::from)),
			meter: Meter::new(args.load.seconds.into()),
			may_be_early: args.warm_up.is_none(),
			warm_up: warm_up.saturating_mul(1_000),
			started: None,
			is_warm: false,
		}
	}

	/// Takes a sample in, and how many requests had ended by then; whether the time is over.
	fn note(&mut self, sample: Sample, ended: u64) -> bool {
		self.throttle.note(sample.block, ended);
		let started = *self.started.get_or_insert(sample.time);
		let is_steady = self.may_be_early && self.throttle.is_steady();
		if !self.is_warm && (is_steady || sample.time >= started.saturating_add(self.warm_up)) {
			self.is_warm = true;
			self.throttle.settle();
		}
		self.is_warm && self.meter.push(sample)
	}
}

/// Requests that ended after `before`, by `now`.
fn ended_since(before: &Positions, now: &Positions) -> u64 {
	now.ended.tail.saturating_sub(before.ended.tail)
}

/// Requests made after `before` that have not ended by `now`.
fn open_since(before: &Positions, now: &Positions) -> u64 {
	let made = now.next_request.saturating_sub(before.next_request);
	made.saturating_sub(ended_since(before, now))
}

async fn positions(at: &AtBlock) -> Result<Positions> {
	let positions = chain::read(at, POSITIONS, ()).await?;
	positions.ok_or_else(|| Error::Chain(format!("it has no {}.{}", POSITIONS.0, POSITIONS.1)))
}

fn count(length: usize) -> u64 {
	u64::try_from(length).unwrap_or(u64::MAX)
}

fn show_pace(pace: &Pace) -> String {
	format!(
		"{} transfers/s: {} in {} blocks, {} s.",
		pace.transfers_per_s, pace.transfers, pace.blocks, pace.seconds
	)
}

fn show_profile(profile: &Profile) -> String {
	let or_dash = |value: Option<String>| value.unwrap_or_else(|| "-".into());
	let blocks = |value: Option<u64>| or_dash(value.map(|value| format!("{value} blocks")));
	pairs(&[
		("settled a second", profile.settled_per_s.to_string()),
		("transfers a second", or_dash(profile.transfers_per_s.map(|value| value.to_string()))),
		("settled by transfers", or_dash(profile.over_transfers.map(|value| value.to_string()))),
		("latency, half", blocks(profile.latency_blocks_p50)),
		("latency, 95 %", blocks(profile.latency_blocks_p95)),
		("requested", profile.requested.to_string()),
		("settled", profile.settled.to_string()),
		("failed", profile.failed.to_string()),
		("stuck", profile.stuck.to_string()),
		("refused", profile.refused.to_string()),
	])
}

#[cfg(test)]
mod tests {
	use super::{open_since, Pacing, LONGEST_WARM_UP};
	use crate::{
		args::{BenchCommand, Command, Opg},
		measure::{Pace, Sample},
		records::{Positions, Span},
	};
	use clap::Parser;

	fn positions(next_request: u64, ended: u64) -> Positions {
		Positions {
			next_request,
			waiting: Span { head: 0, tail: 0 },
			ended: Span { head: 0, tail: ended },
		}
	}

	#[test]
	fn what_was_made_and_has_not_ended_is_open() {
		let before = positions(10, 8);
		assert_eq!(open_since(&before, &positions(30, 15)), 13);
		assert_eq!(open_since(&before, &before), 0);
		assert_eq!(open_since(&before, &positions(11, 12)), 0, "one of before ended");
	}

	fn pacing(line: &str) -> Pacing {
		let line = format!("opg bench request --model 0 --input {{}} --seconds 10 {line}");
		let command = Opg::parse_from(line.split_whitespace()).command;
		let Command::Bench(BenchCommand::Request(args)) = command else {
			panic!("another command")
		};
		Pacing::new(1, &args, args.warm_up.map_or(LONGEST_WARM_UP, u64::from))
	}

	fn block(number: u64) -> Sample {
		Sample { block: number, time: number * 3_000, count: 0 }
	}

	#[test]
	fn the_measurement_begins_after_the_warm_up_that_was_asked_for() {
		let mut pacing = pacing("--warm-up 6");
		let over: Vec<_> = (0..7).map(|number| pacing.note(block(number), 0)).collect();
		assert_eq!(over, [false, false, false, false, false, false, true]);
		let pace = Pace::new(pacing.meter.window().unwrap());
		assert_eq!((pace.blocks, pace.seconds), (4, 12.0));
	}

	#[test]
	fn it_begins_once_requests_settle_no_faster_unless_told_otherwise() {
		let mut early = pacing("");
		(0..20).for_each(|number| {
			early.note(block(number), number * 10);
		});
		assert!(early.meter.window().is_some());
		let mut idle = pacing("");
		(0..20).for_each(|number| {
			idle.note(block(number), 0);
		});
		assert!(idle.meter.window().is_none(), "nothing settles yet");
	}
}

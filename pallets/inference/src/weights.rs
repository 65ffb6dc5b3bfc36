//! Weights of the calls and hooks: upper bounds counted by hand until `scripts/weights.sh` has measured them. `scripts/long/prices.sh` holds
//! them against what requests take.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each call and hook weighs.
pub trait WeightInfo {
	/// Of `request` that looks at `searched` blocks of the rings for its places.
	fn request(searched: u32, is_through_app: bool) -> Weight;
	/// Of what `request` looks at beside that where the answer has to be proved: the model's circuit and key, and every number asked.
	fn request_proof() -> Weight;
	/// Of `cancel`.
	fn cancel() -> Weight;
	/// Of `dispute`.
	fn dispute() -> Weight;
	/// Of `answer` with `answers` answers of `models` models, all of them settled and counted, `through_apps` of them to requests made
	/// through apps.
	fn answer(answers: u32, models: u32, through_apps: u32) -> Weight;
	/// Of checking who sent `answers` answers.
	fn authorize_answer(answers: u32) -> Weight;
	/// Of looking at `looked` entries of the rings, ending `ended` requests, taking `missed` from late nodes, and `drawn` draws of one
	/// node, or as much other work of drawing.
	fn initialize(looked: u32, ended: u32, missed: u32, drawn: u32) -> Weight;
	/// Of pruning `requests` requests.
	fn prune(requests: u32) -> Weight;
}

const RECORD_BYTES: u64 = 9_000;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

/// Counting one request of one model.
fn count_one<T: frame_system::Config>() -> Weight {
	upper_bound::<T>(20, 1, 1)
}

/// What an app adds to a request that is made or ends: a standing, what the app paid, and its count.
fn through_app<T: frame_system::Config>() -> Weight {
	upper_bound::<T>(35, 3, 3)
}

/// Counting the answers of a batch: a record for each who asked, one for each model, and what each model's file earned.
fn count<T: frame_system::Config>(answers: u32, models: u32) -> Weight {
	let askers = upper_bound::<T>(10, 1, 1).saturating_mul(answers.into());
	let models = upper_bound::<T>(25, 3, 2).saturating_mul(models.into());
	upper_bound::<T>(30, 0, 0).saturating_add(askers).saturating_add(models)
}

/// Upper bounds, not measured.
pub struct UpperBounds<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for UpperBounds<T> {
	fn request(searched: u32, is_through_app: bool) -> Weight {
		// What every block reads and writes once, however many requests it has, is the block's.
		let request = upper_bound::<T>(100, 4, 6).saturating_add(count_one::<T>());
		let request =
			if is_through_app { request.saturating_add(through_app::<T>()) } else { request };
		request.saturating_add(upper_bound::<T>(5, 1, 0).saturating_mul(searched.into()))
	}

	fn request_proof() -> Weight {
		// Up to 4,096 numbers are rounded.
		upper_bound::<T>(400, 4, 0)
	}

	fn cancel() -> Weight {
		upper_bound::<T>(80, 4, 5)
			.saturating_add(count_one::<T>())
			.saturating_add(through_app::<T>())
	}

	fn dispute() -> Weight {
		upper_bound::<T>(120, 6, 5)
	}

	fn answer(answers: u32, models: u32, through_apps: u32) -> Weight {
		let each = upper_bound::<T>(200, 5, 5).saturating_mul(answers.into());
		let apps = through_app::<T>().saturating_mul(through_apps.into());
		upper_bound::<T>(200, 12, 12)
			.saturating_add(each)
			.saturating_add(apps)
			.saturating_add(count::<T>(answers, models))
	}

	fn authorize_answer(answers: u32) -> Weight {
		let each = upper_bound::<T>(10, 2, 0).saturating_mul(answers.into());
		upper_bound::<T>(150, 3, 0).saturating_add(each)
	}

	fn initialize(looked: u32, ended: u32, missed: u32, drawn: u32) -> Weight {
		// An entry that is over is looked up among those that wait as well.
		let looked = upper_bound::<T>(10, 2, 0).saturating_mul(looked.into());
		let ended = upper_bound::<T>(50, 4, 6)
			.saturating_add(count_one::<T>())
			.saturating_add(through_app::<T>())
			.saturating_mul(ended.into());
		let missed = upper_bound::<T>(30, 3, 5).saturating_mul(missed.into());
		let given = upper_bound::<T>(70, 14, 5).saturating_mul(drawn.into());
		// The rings' entries of the block, up to a few kilobytes each.
		upper_bound::<T>(60, 6, 4)
			.saturating_add(looked)
			.saturating_add(ended)
			.saturating_add(missed)
			.saturating_add(given)
	}

	fn prune(requests: u32) -> Weight {
		let each = upper_bound::<T>(40, 5, 6).saturating_mul(requests.into());
		upper_bound::<T>(5, 1, 1).saturating_add(each)
	}
}

//! Proofs held against their keys, many at once, and the good ones among them stored.

use crate::{
	bill, statement::statement_id, system::SoundKey, Bill, Charged, Config, Error, Event, KeyOf,
	Keys, Leaves, Pallet, ProgramOf, Programs, ProofFault, Statements, SubmissionOf, Verified,
	WireKeys, GROTH16_PROOF_BYTES, MAX_BATCH,
};
use alloc::{
	collections::{btree_map::Entry, BTreeMap, BTreeSet},
	vec::Vec,
};
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::seams::{KeyId, OnProofVerified, ProofSystem, Provenance, VerifiedProof};
use opg_verifiers::{
	decode_inputs,
	ezkl::{Srs, SRS_COST},
	Batch, Cost, Scalar, Verdict,
};
use sp_core::H256;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

/// A proof and what it is said to show.
#[derive(Clone, Copy)]
pub(crate) struct Candidate<'a> {
	pub(crate) key: KeyId,
	pub(crate) inputs: &'a [[u8; 32]],
	pub(crate) proof: &'a [u8],
}

/// Which of a call's proofs is refused, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Refusal {
	pub(crate) index: usize,
	pub(crate) fault: ProofFault,
}

/// What a submission came to.
struct Judged {
	statement: H256,
	holds: bool,
	provenance: Option<Provenance>,
}

/// What is kept of a key beside its bytes.
pub(crate) struct Known<T: Config> {
	record: KeyOf<T>,
	program: Option<ProgramOf<T>>,
}

type Records<T> = BTreeMap<KeyId, Known<T>>;
type Strings<T> = BTreeMap<H256, Srs<<T as Config>::Engine>>;

impl<T: Config> From<Refusal> for Error<T> {
	fn from(refusal: Refusal) -> Self {
		Self::Proof(u8::try_from(refusal.index).unwrap_or(u8::MAX), refusal.fault)
	}
}

impl<T: Config> Pallet<T> {
	/// Verifies and stores one proof; one that does not hold is an error.
	pub(crate) fn do_submit(
		who: &T::AccountId,
		submission: SubmissionOf<T>,
		bill: &mut Bill,
	) -> DispatchResult {
		let submissions = [submission];
		let judged = Self::verified(who, &submissions, bill)?;
		let refusal = Refusal { index: 0, fault: ProofFault::Unproven };
		ensure!(judged.iter().all(|judged| judged.holds), Error::<T>::from(refusal));
		Self::record(who, &submissions, judged, bill)
	}

	/// Verifies all and stores those that hold.
	pub(crate) fn do_submit_batch(
		who: &T::AccountId,
		submissions: &[SubmissionOf<T>],
		bill: &mut Bill,
	) -> DispatchResult {
		let judged = Self::verified(who, submissions, bill)?;
		Self::record(who, submissions, judged, bill)
	}

	/// What each submission is about and whether it holds, in order. What was done is added to `bill`.
	fn verified(
		who: &T::AccountId,
		submissions: &[SubmissionOf<T>],
		bill: &mut Bill,
	) -> Result<Vec<Judged>, DispatchError> {
		ensure!(!submissions.is_empty(), Error::<T>::NoProofs);
		ensure!(submissions.len() <= MAX_BATCH as usize, Error::<T>::TooManyProofs);
		let now = frame_system::Pallet::<T>::block_number();
		let taken = Leaves::<T>::decode_len(now).unwrap_or(0);
		let room = (T::MaxStatements::get() as usize).saturating_sub(taken);
		ensure!(submissions.len() <= room, Error::<T>::TooManyStatements);

		let candidates: Vec<_> = submissions
			.iter()
			.map(|submission| Candidate {
				key: submission.key,
				inputs: &submission.inputs,
				proof: &submission.proof,
			})
			.collect();
		let records = Self::look_up(&candidates, bill).map_err(Error::<T>::from)?;
		let statements =
			Self::fresh_statements(who, now, submissions, &records).map_err(Error::<T>::from)?;
		let verdicts = Self::judge(&candidates, &records, bill).map_err(Error::<T>::from)?;
		let judged = statements.into_iter().zip(verdicts).zip(submissions);
		Ok(judged
			.map(|((statement, holds), submission)| {
				let known = records.get(&submission.key);
				let provenance = known.and_then(|known| known.record.provenance.clone());
				Judged { statement, holds, provenance }
			})
			.collect())
	}

	/// Stores what holds, and names what does not.
	fn record(
		who: &T::AccountId,
		submissions: &[SubmissionOf<T>],
		judged: Vec<Judged>,
		bill: &mut Bill,
	) -> DispatchResult {
		let now = frame_system::Pallet::<T>::block_number();
		for (index, (submission, judged)) in (0u32..).zip(submissions.iter().zip(judged)) {
			let Judged { statement, holds, provenance } = judged;
			let (key, reference) = (submission.key, submission.context.reference);
			if !holds {
				Self::deposit_event(Event::ProofRejected {
					statement,
					who: who.clone(),
					key,
					index,
				});
				continue;
			}
			bill.stored = bill.stored.saturating_add(1);
			let approved = provenance.is_some();
			Leaves::<T>::try_append(now, statement).map_err(|()| Error::<T>::TooManyStatements)?;
			Statements::<T>::insert(statement, Verified { at: now, approved });
			Self::deposit_event(Event::ProofVerified {
				statement,
				who: who.clone(),
				key,
				reference,
				approved,
			});
			T::OnVerified::on_proof_verified(&VerifiedProof {
				statement,
				key,
				provenance: provenance.as_ref(),
				inputs: &submission.inputs,
				who,
				reference,
			});
		}
		Ok(())
	}

	/// What of a proof its weight follows from, before the call that is to check it.
	pub fn charged(key: KeyId, inputs: usize, proof: usize) -> Charged {
		let charged = Charged::groth16(key, inputs);
		// No proof of EZKL is as short, and one under its key is refused before the key is read.
		if proof == GROTH16_PROOF_BYTES {
			return charged;
		}
		let program = Programs::<T>::get(key);
		Charged { program: program.map(|program| (program.string, program.shape())), ..charged }
	}

	/// The records of the keys named, each taking as many inputs as are given for it, and proofs of that length.
	pub(crate) fn look_up(
		candidates: &[Candidate],
		bill: &mut Bill,
	) -> Result<Records<T>, Refusal> {
		let now = frame_system::Pallet::<T>::block_number();
		let mut records = Records::<T>::new();
		for (index, candidate) in candidates.iter().enumerate() {
			let refused = |fault| Refusal { index, fault };
			let inputs = u32::try_from(candidate.inputs.len()).unwrap_or(u32::MAX);
			bill.claims = bill.claims.saturating_add(1);
			bill.inputs = bill.inputs.saturating_add(inputs);
			let known = match records.entry(candidate.key) {
				Entry::Occupied(known) => known.into_mut(),
				Entry::Vacant(unknown) => {
					bill.keys = bill.keys.saturating_add(1);
					let known = Self::known(candidate.key, bill);
					unknown.insert(known.ok_or(refused(ProofFault::KeyUnknown))?)
				},
			};
			if known.record.inputs != inputs {
				return Err(refused(ProofFault::InputCount));
			}
			let Some(program) = &known.program else { continue };
			// Calls in this block may have been weighed before the key was known.
			if program.since >= now {
				return Err(refused(ProofFault::KeyTooNew));
			}
			if program.shape().proof_bytes() as usize != candidate.proof.len() {
				return Err(refused(ProofFault::Length));
			}
		}
		Ok(records)
	}

	fn known(key: KeyId, bill: &mut Bill) -> Option<Known<T>> {
		let record = Keys::<T>::get(key)?;
		let program = match record.system {
			ProofSystem::Groth16Bn254 => None,
			ProofSystem::Ezkl23Bn254 => {
				bill.programs = bill.programs.saturating_add(1);
				Some(Programs::<T>::get(key)?)
			},
		};
		Some(Known { record, program })
	}

	/// What the submissions are about; none of it verified before, and all contexts alive.
	fn fresh_statements(
		who: &T::AccountId,
		now: BlockNumberFor<T>,
		submissions: &[SubmissionOf<T>],
		records: &Records<T>,
	) -> Result<Vec<H256>, Refusal> {
		let latest = now.saturating_add(T::StatementLife::get());
		let mut seen = BTreeSet::new();
		let mut statements = Vec::with_capacity(submissions.len());
		for (index, submission) in submissions.iter().enumerate() {
			let refused = |fault| Refusal { index, fault };
			let context = &submission.context;
			if context.until < now {
				return Err(refused(ProofFault::ContextExpired));
			}
			if context.until > latest {
				return Err(refused(ProofFault::ContextTooLong));
			}
			let known = records.get(&submission.key).ok_or(refused(ProofFault::KeyUnknown))?;
			let statement = statement_id::<T>(
				known.record.system,
				submission.key,
				&submission.inputs,
				who,
				&context.reference,
			);
			if !seen.insert(statement) || Statements::<T>::contains_key(statement) {
				return Err(refused(ProofFault::Duplicate));
			}
			statements.push(statement);
		}
		Ok(statements)
	}

	/// Whether each proof holds. Refuses all if one is malformed.
	pub(crate) fn judge(
		candidates: &[Candidate],
		records: &Records<T>,
		bill: &mut Bill,
	) -> Result<Vec<bool>, Refusal> {
		let mut keys = BTreeMap::<KeyId, SoundKey<T::Engine>>::new();
		let mut strings = Strings::<T>::new();
		for (index, candidate) in candidates.iter().enumerate() {
			let refused = |fault| Refusal { index, fault };
			if keys.contains_key(&candidate.key) {
				continue;
			}
			let unknown = refused(ProofFault::KeyUnknown);
			let known = records.get(&candidate.key).ok_or(unknown)?;
			let key = Self::read_key(candidate.key, known, &mut strings, bill).map_err(refused)?;
			keys.insert(candidate.key, key);
		}

		let mut decoded = Vec::with_capacity(candidates.len());
		for (index, candidate) in candidates.iter().enumerate() {
			let refused = |fault| Refusal { index, fault };
			let key = keys.get(&candidate.key).ok_or(refused(ProofFault::KeyUnknown))?;
			let inputs: Vec<Scalar> = decode_inputs(candidate.inputs.as_flattened())
				.map_err(|error| refused(opg_verifiers::Rejection::from(error).into()))?;
			let program = records.get(&candidate.key).and_then(|known| known.program.as_ref());
			bill.cost = bill.cost.plus(match program {
				None => Cost { preparations: 1, ..Cost::default() },
				Some(program) => bill::read(program.shape().proof_cost()),
			});
			let proof = key.read_proof(candidate.proof).map_err(refused)?;
			decoded.push((key, inputs, proof));
		}

		let mut batch = Batch::new();
		for (index, (key, inputs, proof)) in decoded.iter().enumerate() {
			key.claim(inputs, proof, &mut batch).map_err(|fault| Refusal { index, fault })?;
		}
		let outcome = batch.verify(Batch::<T::Engine>::checks_for_all(candidates.len()));
		bill.cost = bill.cost.plus(outcome.cost);
		Ok(outcome.verdicts.iter().map(|verdict| *verdict == Verdict::Holds).collect())
	}

	/// A key that was sound when it was registered, with its reference string if it has one.
	fn read_key(
		key: KeyId,
		known: &Known<T>,
		strings: &mut Strings<T>,
		bill: &mut Bill,
	) -> Result<SoundKey<T::Engine>, ProofFault> {
		let bytes = || WireKeys::<T>::get(key).ok_or(ProofFault::KeyUnknown);
		let unknown = |_| ProofFault::KeyUnknown;
		let Some(program) = &known.program else {
			let inputs = known.record.inputs;
			bill.key_inputs = bill.key_inputs.saturating_add(inputs);
			bill.cost.preparations = bill.cost.preparations.saturating_add(3);
			return SoundKey::groth16(&bytes()?, inputs).map_err(unknown);
		};
		let srs = match strings.entry(program.string) {
			Entry::Occupied(known) => known.into_mut(),
			Entry::Vacant(unread) => {
				bill.cost = bill.cost.plus(bill::read(SRS_COST));
				let srs = Self::reference_string(program.string);
				unread.insert(srs.ok_or(ProofFault::StringRetired)?)
			},
		};
		bill.cost = bill.cost.plus(bill::read(program.shape().key_cost()));
		SoundKey::ezkl(&bytes()?, srs).map_err(unknown)
	}
}

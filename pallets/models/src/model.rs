//! A model's life: published, repriced, retired, removed; and what other pallets may ask about it.

use crate::{
	AnswerTimes, BalanceOf, Config, Demands, Draft, Error, Event, HoldReason, Model, ModelOf,
	Models, NextModel, Pallet, References, Status,
};
use codec::Encode;
use frame_support::{
	ensure,
	traits::{
		fungible::{hold::Mutate, Inspect},
		tokens::{Fortitude, Precision, Preservation},
		Get,
	},
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	circuit::public_inputs,
	model::Ports,
	request::MAX_OUTPUT_BYTES,
	seams::{ModelCatalogue, ModelFiles, ModelRefusal, ModelTerms, ProofKeys, ProofSystem},
	Audit, Circuit, ContentId, ModelId, ModelSpec, Port, TrustKind,
};
use opg_tensor::Dimension;
use sp_runtime::{
	traits::Saturating, DispatchError, DispatchResult, Permill, SaturatedConversion, TokenError,
};

type StatusOf<T> = Status<BlockNumberFor<T>>;

/// Parts of a block in which answer times are kept.
const SIXTEENTHS: u32 = 16;
/// The newest answer counts as one in so many.
const NEWEST: u32 = 8;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_publish(owner: T::AccountId, draft: Draft<BalanceOf<T>>) -> DispatchResult {
		Self::check_draft(&draft)?;
		let model = NextModel::<T>::get();
		let next = model.checked_add(1).ok_or(Error::<T>::TooManyModels)?;

		let deposit = Self::deposit_for(&draft);
		// A hold would also take frozen balance, which may be gone when the deposit is wanted.
		let usable =
			T::Currency::reducible_balance(&owner, Preservation::Preserve, Fortitude::Polite);
		ensure!(usable >= deposit, TokenError::FundsUnavailable);
		T::Currency::hold(&HoldReason::Model.into(), &owner, deposit)?;
		if let Some(circuit) = &draft.circuit {
			T::Keys::acquire(circuit.key).map_err(|_| Error::<T>::KeyUnknown)?;
		}
		let content = draft.content;
		let (status, audit) = (Status::Active, Audit::Unaudited);
		let record = Model { owner: owner.clone(), terms: draft, status, deposit, audit };
		Models::<T>::insert(model, record);
		NextModel::<T>::put(next);
		References::<T>::mutate(content, |models| *models = models.saturating_add(1));
		Self::deposit_event(Event::Published { model, owner, content });
		Ok(())
	}

	pub(crate) fn do_update_price(
		owner: T::AccountId,
		model: ModelId,
		price: BalanceOf<T>,
		royalty: Permill,
	) -> DispatchResult {
		Self::check_price(price, royalty)?;
		Models::<T>::try_mutate(model, |record| {
			let record = Self::owned_mut(record, &owner)?;
			ensure!(!record.is_retired(), Error::<T>::ModelRetired);
			record.terms.price = price;
			record.terms.royalty = royalty;
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::PriceUpdated { model, price, royalty });
		Ok(())
	}

	pub(crate) fn do_retire(owner: T::AccountId, model: ModelId) -> DispatchResult {
		Models::<T>::try_mutate(model, |record| {
			let record = Self::owned_mut(record, &owner)?;
			ensure!(!record.is_retired(), Error::<T>::ModelRetired);
			record.status = Status::Retired { at: frame_system::Pallet::<T>::block_number() };
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::Retired { model });
		Ok(())
	}

	pub(crate) fn do_pause(model: ModelId) -> DispatchResult {
		Self::try_change(model, |status| match status {
			Status::Active => Ok(Status::Paused),
			Status::Paused => Err(Error::<T>::ModelPaused),
			Status::Retired { .. } => Err(Error::<T>::ModelRetired),
		})?;
		Self::deposit_event(Event::Paused { model });
		Ok(())
	}

	pub(crate) fn do_resume(model: ModelId) -> DispatchResult {
		Self::try_change(model, |status| match status {
			Status::Paused => Ok(Status::Active),
			Status::Active => Err(Error::<T>::ModelNotPaused),
			Status::Retired { .. } => Err(Error::<T>::ModelRetired),
		})?;
		Self::deposit_event(Event::Resumed { model });
		Ok(())
	}

	pub(crate) fn do_remove(owner: T::AccountId, model: ModelId) -> DispatchResult {
		let record = Models::<T>::get(model).ok_or(Error::<T>::ModelUnknown)?;
		ensure!(record.owner == owner, Error::<T>::NotOwner);
		let Status::Retired { at } = record.status else {
			return Err(Error::<T>::ModelInUse.into());
		};
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now >= at.saturating_add(T::RetirementDelay::get()), Error::<T>::ModelInUse);

		T::Currency::release(
			&HoldReason::Model.into(),
			&owner,
			record.deposit,
			Precision::BestEffort,
		)?;
		Models::<T>::remove(model);
		if let Some(circuit) = record.terms.circuit {
			T::Keys::release(circuit.key);
		}
		Self::forget_file(record.terms.content);
		AnswerTimes::<T>::remove(model);
		Demands::<T>::remove(model);
		Self::deposit_event(Event::Removed { model });
		Ok(())
	}

	fn forget_file(content: ContentId) {
		let left = References::<T>::get(content).saturating_sub(1);
		if left == 0 {
			References::<T>::remove(content);
		} else {
			References::<T>::insert(content, left);
		}
	}

	/// The deposit for a record made from `draft`.
	pub fn deposit_for(draft: &Draft<BalanceOf<T>>) -> BalanceOf<T> {
		let bytes: BalanceOf<T> = draft.encoded_size().saturated_into();
		T::DepositBase::get().saturating_add(T::DepositPerByte::get().saturating_mul(bytes))
	}

	fn try_change(
		model: ModelId,
		change: impl FnOnce(&StatusOf<T>) -> Result<StatusOf<T>, Error<T>>,
	) -> DispatchResult {
		Models::<T>::try_mutate(model, |record| {
			let record = record.as_mut().ok_or(Error::<T>::ModelUnknown)?;
			record.status = change(&record.status)?;
			Ok(())
		})
	}

	fn owned_mut<'a>(
		record: &'a mut Option<ModelOf<T>>,
		owner: &T::AccountId,
	) -> Result<&'a mut ModelOf<T>, DispatchError> {
		let record = record.as_mut().ok_or(Error::<T>::ModelUnknown)?;
		ensure!(record.owner == *owner, Error::<T>::NotOwner);
		Ok(record)
	}

	fn check_draft(draft: &Draft<BalanceOf<T>>) -> DispatchResult {
		let name_is_text = core::str::from_utf8(&draft.name).is_ok_and(|name| !name.is_empty());
		ensure!(name_is_text, Error::<T>::NameInvalid);
		Self::check_ports(&draft.inputs, u32::MAX)?;
		Self::check_ports(&draft.outputs, MAX_OUTPUT_BYTES)?;
		Self::check_price(draft.price, draft.royalty)?;
		let trust = draft.trust.as_slice();
		ensure!(!trust.is_empty() && all_differ(trust), Error::<T>::TrustModesInvalid);
		let is_proved = trust.contains(&TrustKind::Proved);
		ensure!(is_proved == draft.circuit.is_some(), Error::<T>::NoCircuit);
		match &draft.circuit {
			Some(circuit) => Self::check_circuit(circuit, draft),
			None => Ok(()),
		}
	}

	/// Refuses a circuit that does not show all inputs and outputs of the model, element by element.
	fn check_circuit(circuit: &Circuit, draft: &Draft<BalanceOf<T>>) -> DispatchResult {
		let has_all = circuit.input_scales.len() == draft.inputs.len()
			&& circuit.output_scales.len() == draft.outputs.len();
		ensure!(circuit.is_sound() && has_all, Error::<T>::CircuitUnsound);
		let ports = draft.inputs.iter().chain(&draft.outputs);
		let elements = public_inputs(ports).ok_or(Error::<T>::CircuitUnsound)?;
		// Only under a reference string that the chain believes can money follow from anybody's key.
		let system = T::Keys::system(circuit.key).ok_or(Error::<T>::KeyUnknown)?;
		ensure!(system == ProofSystem::Ezkl23Bn254, Error::<T>::KeyForeign);
		ensure!(T::Keys::inputs(circuit.key) == Some(elements), Error::<T>::KeyForeign);
		Ok(())
	}

	fn check_price(price: BalanceOf<T>, royalty: Permill) -> DispatchResult {
		ensure!(price >= T::MinPrice::get(), Error::<T>::PriceTooLow);
		ensure!(royalty <= T::MaxRoyalty::get(), Error::<T>::RoyaltyTooHigh);
		Ok(())
	}

	fn check_ports(ports: &Ports, max_bytes: u32) -> DispatchResult {
		ensure!(!ports.is_empty(), Error::<T>::NoPorts);
		let names: alloc::vec::Vec<_> = ports.iter().map(|port| port.name.as_slice()).collect();
		let are_text = names.iter().all(|name| core::str::from_utf8(name).is_ok());
		ensure!(are_text && all_differ(&names), Error::<T>::PortNameInvalid);
		ensure!(
			ports.iter().all(|port| least_bytes(port).is_some_and(|bytes| bytes <= max_bytes)),
			Error::<T>::PortShapeInvalid
		);
		Ok(())
	}
}

fn all_differ<Item: PartialEq>(items: &[Item]) -> bool {
	items
		.iter()
		.enumerate()
		.all(|(index, item)| !items.iter().skip(index.saturating_add(1)).any(|other| other == item))
}

// The fewest bytes a tensor of this port can have, `None` for a shape that holds nothing or overflows.
fn least_bytes(port: &Port) -> Option<u32> {
	let size = u32::try_from(port.element.size().unwrap_or(0)).ok()?;
	port.shape.iter().try_fold(size, |bytes, dimension| match dimension {
		Dimension::Fixed(0) => None,
		Dimension::Fixed(length) => bytes.checked_mul(*length),
		Dimension::Any => Some(bytes),
	})
}

impl<T: Config> ModelFiles for Pallet<T> {
	fn file(model: ModelId) -> Option<ContentId> {
		Models::<T>::get(model).map(|record| record.terms.content)
	}

	fn models_of(content: &ContentId) -> u32 {
		References::<T>::get(content)
	}
}

impl<T: Config> ModelCatalogue<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn terms(
		model: ModelId,
		trust: TrustKind,
	) -> Result<ModelTerms<T::AccountId, BalanceOf<T>>, ModelRefusal> {
		let record = Models::<T>::get(model).ok_or(ModelRefusal::Unknown)?;
		match record.status {
			Status::Active => {},
			Status::Paused => return Err(ModelRefusal::Paused),
			Status::Retired { .. } => return Err(ModelRefusal::Retired),
		}
		if record.audit == Audit::Refuted {
			return Err(ModelRefusal::Suspended);
		}
		if !record.terms.trust.contains(&trust) {
			return Err(ModelRefusal::TrustNotOffered);
		}
		Ok(ModelTerms {
			owner: record.owner,
			price: record.terms.price,
			surplus: Self::surplus(model, record.terms.price),
			royalty: record.terms.royalty,
			inputs: record.terms.inputs,
		})
	}

	fn spec(model: ModelId) -> Option<ModelSpec> {
		let terms = Models::<T>::get(model)?.terms;
		let Draft { content, inputs, outputs, profile, circuit, .. } = terms;
		Some(ModelSpec { id: model, content, inputs, outputs, profile, circuit })
	}

	fn is_active(model: ModelId) -> bool {
		Models::<T>::get(model)
			.is_some_and(|record| record.status == Status::Active && record.audit != Audit::Refuted)
	}

	fn is_key_believed(model: ModelId) -> bool {
		Models::<T>::get(model).is_some_and(|record| record.audit != Audit::Refuted)
	}

	fn answer_time(model: ModelId) -> u32 {
		AnswerTimes::<T>::get(model).div_ceil(SIXTEENTHS)
	}

	fn note_answer_time(model: ModelId, blocks: u32) {
		if !Models::<T>::contains_key(model) {
			return;
		}
		let newest = blocks.saturating_mul(SIXTEENTHS);
		AnswerTimes::<T>::mutate(model, |average| {
			*average = if *average == 0 {
				newest
			} else {
				average.saturating_sub(*average / NEWEST).saturating_add(newest / NEWEST)
			};
		});
	}

	fn note_wait(model: ModelId) {
		Self::do_note_wait(model);
	}

	fn next() -> ModelId {
		NextModel::<T>::get()
	}
}

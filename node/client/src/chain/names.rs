//! Every name the client knows things of the chain by.

/// A thing of a pallet: a storage item, a constant, a call or an event.
pub(crate) type Name = (&'static str, &'static str);

pub(crate) const MODELS: Name = ("Models", "Models");
pub(crate) const NODES: Name = ("Nodes", "Nodes");
pub(crate) const SERVED: Name = ("Nodes", "Served");
pub(crate) const REQUESTS: Name = ("Inference", "Requests");
pub(crate) const INPUTS: Name = ("Inference", "Inputs");
pub(crate) const COMMITMENTS: Name = ("Circuits", "Commitments");
pub(crate) const CLIENT_KEYS: Name = ("Inference", "ClientKeys");
pub(crate) const POSITIONS: Name = ("Inference", "Positions");
pub(crate) const KEYS: Name = ("Proofs", "Keys");
pub(crate) const STATEMENTS: Name = ("Proofs", "Statements");
pub(crate) const ROOTS: Name = ("Proofs", "Roots");
pub(crate) const ORDERS: Name = ("Storage", "Orders");
pub(crate) const SLOTS: Name = ("Storage", "Slots");
pub(crate) const FILES: Name = ("Storage", "Files");
pub(crate) const REFERENCES: Name = ("Models", "References");
pub(crate) const CHECK: Name = ("Storage", "CurrentCheck");
pub(crate) const APPS: Name = ("Apps", "Apps");
pub(crate) const SPONSORSHIPS: Name = ("Apps", "Sponsorships");
pub(crate) const STANDINGS: Name = ("Apps", "Standings");
/// Counters of models and apps, by epoch.
pub(crate) const TALLIES: Name = ("Usage", "Tallies");
pub(crate) const AUDITS: Name = ("Audits", "Audits");
pub(crate) const GROWTH_TERMS: Name = ("Growth", "CurrentTerms");
pub(crate) const GROWTH_SPENT: Name = ("Growth", "LastSpent");
pub(crate) const GRANTS: Name = ("Growth", "Grants");
pub(crate) const BLOCK_WEIGHT: Name = ("System", "BlockWeight");
pub(crate) const ACCOUNT: Name = ("System", "Account");
pub(crate) const ISSUANCE: Name = ("Balances", "TotalIssuance");
pub(crate) const NOW: Name = ("Timestamp", "Now");
pub(crate) const BONDED: Name = ("Staking", "Bonded");
pub(crate) const LEDGER: Name = ("Staking", "Ledger");
/// Of all who stand for election.
pub(crate) const PREFERENCES: Name = ("Staking", "Validators");
pub(crate) const CANDIDATES: Name = ("Staking", "CounterForValidators");
pub(crate) const VALIDATOR_PLACES: Name = ("Staking", "ValidatorCount");
pub(crate) const ACTIVE_ERA: Name = ("Staking", "ActiveEra");
/// The era that was elected last, which may be yet to begin.
pub(crate) const CURRENT_ERA: Name = ("Staking", "CurrentEra");
pub(crate) const ERA_STAKERS: Name = ("Staking", "ErasStakersOverview");
pub(crate) const ERA_POINTS: Name = ("Staking", "ErasRewardPoints");
pub(crate) const IN_SESSION: Name = ("Session", "Validators");
pub(crate) const NEXT_KEYS: Name = ("Session", "NextKeys");

pub(crate) const HEARTBEAT_TIMEOUT: Name = ("Nodes", "HeartbeatTimeout");
pub(crate) const BOND_PER_JOB: Name = ("Nodes", "BondPerJob");
pub(crate) const DISPUTE_WINDOW: Name = ("Nodes", "DisputeWindow");
pub(crate) const UPKEEP_FEE: Name = ("Inference", "UpkeepFee");
pub(crate) const COMMITMENT_AGE: Name = ("Circuits", "CommitmentAge");
pub(crate) const COMMITMENT_DEPOSIT: Name = ("Circuits", "CommitmentDeposit");
pub(crate) const MAX_STEPS: Name = ("Circuits", "MaxSteps");
pub(crate) const EXISTENTIAL_DEPOSIT: Name = ("Balances", "ExistentialDeposit");
pub(crate) const MIN_PASS_PRICE: Name = ("Apps", "MinPrice");
pub(crate) const MAX_EPOCHS: Name = ("Apps", "MaxEpochs");
pub(crate) const RECORD_FEE: Name = ("Apps", "RecordFee");
pub(crate) const RETIREMENT_DELAY: Name = ("Apps", "RetirementDelay");
pub(crate) const USAGE_EPOCHS: Name = ("Usage", "Epochs");
pub(crate) const USAGE_SCOPE_EPOCHS: Name = ("Usage", "ScopeEpochs");
pub(crate) const USAGE_SCOPES: Name = ("Usage", "MaxScopes");
pub(crate) const BLOCK_TIME: Name = ("Babe", "ExpectedBlockTime");
pub(crate) const BLOCK_WEIGHTS: Name = ("System", "BlockWeights");

pub(crate) const PUBLISH: Name = ("Models", "publish");
pub(crate) const UPDATE_PRICE: Name = ("Models", "update_price");
pub(crate) const RETIRE: Name = ("Models", "retire");
pub(crate) const REMOVE: Name = ("Models", "remove");
pub(crate) const AUDIT: Name = ("Models", "audit");
pub(crate) const REQUEST_AUDIT: Name = ("Audits", "request_audit");
pub(crate) const REGISTER: Name = ("Nodes", "register");
pub(crate) const BOND_MORE: Name = ("Nodes", "bond_more");
pub(crate) const SET_SEALING_KEY: Name = ("Nodes", "set_sealing_key");
pub(crate) const ROTATE_KEY: Name = ("Nodes", "rotate_key");
pub(crate) const UNBOND: Name = ("Nodes", "unbond");
pub(crate) const WITHDRAW: Name = ("Nodes", "withdraw");
pub(crate) const LEAVE_JAIL: Name = ("Nodes", "leave_jail");
pub(crate) const REQUEST: Name = ("Inference", "request");
pub(crate) const CANCEL: Name = ("Inference", "cancel");
pub(crate) const DISPUTE: Name = ("Inference", "dispute");
pub(crate) const COMMIT: Name = ("Circuits", "commit");
pub(crate) const PROVE_LATER: Name = ("Circuits", "prove");
pub(crate) const REGISTER_KEY: Name = ("Proofs", "register_key");
pub(crate) const REMOVE_KEY: Name = ("Proofs", "remove_key");
pub(crate) const SUBMIT_PROOF: Name = ("Proofs", "submit");
pub(crate) const SUBMIT_PROOFS: Name = ("Proofs", "submit_batch");
pub(crate) const ORDER: Name = ("Storage", "order");
pub(crate) const EXTEND_ORDER: Name = ("Storage", "extend");
pub(crate) const TAKE_SLOT: Name = ("Storage", "take");
pub(crate) const SHOW: Name = ("Storage", "show");
pub(crate) const LEAVE_SLOT: Name = ("Storage", "leave");
pub(crate) const EVICT: Name = ("Storage", "evict");
pub(crate) const CLOSE_ORDER: Name = ("Storage", "close");
pub(crate) const REGISTER_APP: Name = ("Apps", "register");
pub(crate) const SET_OFFERS: Name = ("Apps", "set_offers");
pub(crate) const BUY_PASS: Name = ("Apps", "buy");
pub(crate) const GRANT_PASS: Name = ("Apps", "grant");
pub(crate) const TRANSFER_PASS: Name = ("Apps", "transfer_pass");
pub(crate) const SPONSOR: Name = ("Apps", "sponsor");
pub(crate) const CREDIT: Name = ("Apps", "credit");
pub(crate) const WITHDRAW_PURSE: Name = ("Apps", "withdraw");
pub(crate) const RETIRE_APP: Name = ("Apps", "retire");
pub(crate) const REMOVE_APP: Name = ("Apps", "remove");
pub(crate) const CLAIM_REBATE: Name = ("Growth", "claim");
pub(crate) const CREATE_FEED: Name = ("Feeds", "create");
pub(crate) const FUND_FEED: Name = ("Feeds", "fund");
pub(crate) const CLOSE_FEED: Name = ("Feeds", "close");
pub(crate) const CURATE_FEED: Name = ("Feeds", "curate");
pub(crate) const CREATE_WORKFLOW: Name = ("Workflows", "create");
pub(crate) const STOP_WORKFLOW: Name = ("Workflows", "stop");
pub(crate) const ASK_ON_FEEDS: Name = ("Workflows", "ask");
pub(crate) const SUDO: Name = ("Sudo", "sudo");
pub(crate) const TRANSFER: Name = ("Balances", "transfer_keep_alive");
pub(crate) const BATCH_ALL: Name = ("Utility", "batch_all");
pub(crate) const SET_KEYS: Name = ("Session", "set_keys");
pub(crate) const BOND: Name = ("Staking", "bond");
pub(crate) const BOND_EXTRA: Name = ("Staking", "bond_extra");
pub(crate) const VALIDATE: Name = ("Staking", "validate");

pub(crate) const PUBLISHED: Name = ("Models", "Published");
pub(crate) const REGISTERED: Name = ("Nodes", "Registered");
pub(crate) const UNBONDING: Name = ("Nodes", "Unbonding");
pub(crate) const UPHELD: Name = ("Inference", "Upheld");
pub(crate) const OVERTURNED: Name = ("Inference", "Overturned");
pub(crate) const CHECK_UNDECIDED: Name = ("Inference", "CheckUndecided");
pub(crate) const PROOF_VERIFIED: Name = ("Proofs", "ProofVerified");
pub(crate) const ORDERED: Name = ("Storage", "Ordered");
pub(crate) const APP_REGISTERED: Name = ("Apps", "Registered");
pub(crate) const PASS_BOUGHT: Name = ("Apps", "Bought");
pub(crate) const GRANTED_PASS: Name = ("Apps", "Granted");
pub(crate) const REBATED: Name = ("Growth", "Rebated");
pub(crate) const REQUESTED: Name = ("Inference", "Requested");
pub(crate) const SETTLED: Name = ("Inference", "Settled");
pub(crate) const REQUEST_FAILED: Name = ("Inference", "Failed");
pub(crate) const EXPIRED: Name = ("Inference", "Expired");
pub(crate) const CANCELLED: Name = ("Inference", "Cancelled");
pub(crate) const PROVED: Name = ("Circuits", "Proved");
pub(crate) const CREATED: Name = ("Feeds", "Created");
pub(crate) const WORKFLOW_CREATED: Name = ("Workflows", "Created");
pub(crate) const ASKED_ON_FEEDS: Name = ("Workflows", "Asked");
pub(crate) const HELD: Name = ("Balances", "Held");
pub(super) const EXTRINSIC_FAILED: Name = ("System", "ExtrinsicFailed");
pub(crate) const EXTRINSIC_SUCCESS: Name = ("System", "ExtrinsicSuccess");

/// What rebates and grants are paid from.
pub(crate) const GROWTH_POT: [u8; 8] = *b"opg/grow";
/// Accounts without a key that fees and grants pass through, and the ids they are made from.
pub(crate) const POTS: [(&str, [u8; 8]); 6] = [
	("treasury", *b"opg/trsy"),
	("validators", *b"opg/vali"),
	("storage", *b"opg/stor"),
	("checks", *b"opg/chek"),
	("growth", GROWTH_POT),
	("supply", *b"opg/supp"),
];

pub(crate) const SEALING_KEY: &str = "worker_sealingKey";
pub(crate) const INSERT_KEY: &str = "author_insertKey";
/// Makes session keys and proves to the chain whose they are; the older `author_rotateKeys` proves nothing.
pub(crate) const ROTATE_SESSION_KEYS: &str = "author_rotateKeysWithOwner";
pub(crate) const HAS_SESSION_KEYS: &str = "author_hasSessionKeys";
pub(crate) const NODE_ROLES: &str = "system_nodeRoles";
pub(crate) const WORKER_KEY_TYPE: &str = "opgw";
pub(super) const CHAIN_TYPE: &str = "system_chainType";
pub(crate) const CHAIN_NAME: &str = "system_chain";
pub(crate) const SUBMIT: &str = "author_submitExtrinsic";
pub(super) const QUERY_INFO: &str = "TransactionPaymentApi_query_info";
pub(super) const ESTIMATE: &str = "InferenceApi_estimate";
pub(crate) const ACCESS: &str = "AppsApi_access";
pub(crate) const PURSE: &str = "AppsApi_purse";
pub(crate) const SPENDABLE: &str = "AppsApi_spendable";
pub(crate) const EPOCH: &str = "UsageApi_epoch";
pub(crate) const COUNTERS: &str = "UsageApi_counters";
pub(crate) const MODEL_COUNTERS: &str = "UsageApi_model_counters";
pub(crate) const APP_COUNTERS: &str = "UsageApi_app_counters";
pub(crate) const USE_OF_ACCOUNT: &str = "UsageApi_account";
pub(super) const VIEW_FUNCTION: &str = "RuntimeViewFunction_execute_view_function";
/// A view function: what `Growth.claim` would give.
pub(crate) const CLAIMABLE: Name = ("Growth", "claimable");

// Errors of a node's transaction pool (sc-rpc-api).
pub(crate) const INVALID: i32 = 1010;
pub(crate) const ALREADY_IMPORTED: i32 = 1013;
pub(crate) const PRIORITY_TOO_LOW: i32 = 1014;
pub(crate) const POOL_FULL: i32 = 1016;

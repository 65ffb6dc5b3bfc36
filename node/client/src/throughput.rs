//! How fast files go into stores and come out, beside plain Kubo in the same run, and what a possession check costs.

use crate::{
	args::StorageLoadArgs,
	chain::{Chain, SHOW},
	error::{Error, Result},
	keys::fresh,
	records::{Show, Showing},
	report::{pairs, Report},
};
use opg_primitives::{content::RAW_LIMIT, pieces::PIECE, ContentId};
use opg_store::{is_piece, piece, PieceTree};
use serde_json::{json, Map, Value};
use std::{
	fs::{self, File},
	io::Write,
	path::{Path, PathBuf},
	process::{Command, Stdio},
	time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::task::spawn_blocking;

/// Kubo's own program, in a checkout in which scripts/ipfs.sh has built it.
const OF_CHECKOUT: &str = ".opg/ipfs/ipfs";
/// The embedded store's folder, below the one that is thrown away.
const HOME: &str = "home";
/// Showings of the larger of two transactions whose weights are compared: as many as one may have.
const SHOWINGS: usize = 64;
/// Checks timed.
const CHECKS: u32 = 2_000;
/// Showings timed.
const SHOWN: u32 = 5;

/// Measures and prints.
pub(crate) async fn run(args: StorageLoadArgs, chain: &Chain, report: Report) -> Result<()> {
	let weight = weight(chain).await?;
	let mut figures = spawn_blocking(move || Bench::new(args, report)?.figures())
		.await
		.map_err(|error| Error::Disconnected(error.to_string()))??;
	figures.insert("check_weight_us".into(), json!(rounded(weight, 10.0)));
	let lines: Vec<_> =
		figures.iter().map(|(name, value)| (name.as_str(), value.to_string())).collect();
	report.result(&figures, pairs(&lines));
	Ok(())
}

/// What one more showing in a transaction is charged, in microseconds of a block.
async fn weight(chain: &Chain) -> Result<f64> {
	let (anchor, (keys, _)) = (chain.anchor().await?, fresh()?);
	let mut weights = Vec::new();
	for count in [1, SHOWINGS] {
		let showing = Showing { order: 0, slot: 0, piece: vec![0; PIECE as usize], path: vec![] };
		let call = Show { showings: vec![showing; count] };
		let signed = chain.sign(&anchor, &keys, 0, SHOW, call)?.into_encoded();
		weights.push(chain.cost(&anchor, &signed).await?.weight as f64);
	}
	let more = weights.last().zip(weights.first()).map_or(0.0, |(many, one)| many - one);
	Ok(more / (SHOWINGS - 1) as f64 / 1e6)
}

/// Who carries a file, in the order of its first turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Carrier {
	Kubo,
	Ipfs,
	Embedded,
}

impl Carrier {
	const ALL: [Self; 3] = [Self::Kubo, Self::Ipfs, Self::Embedded];

	const fn name(self) -> &'static str {
		match self {
			Self::Kubo => "kubo",
			Self::Ipfs => "ipfs",
			Self::Embedded => "embedded",
		}
	}
}

/// How long a file took to go in and to come out.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Trip {
	carrier: Carrier,
	add: Duration,
	cat: Duration,
}

struct Bench {
	args: StorageLoadArgs,
	report: Report,
	folder: TempDir,
	kubo: PathBuf,
	/// The daemon's RPC as Kubo's program takes it.
	api: String,
	this: PathBuf,
}

impl Bench {
	fn new(args: StorageLoadArgs, report: Report) -> Result<Self> {
		let of_checkout = || Path::new(OF_CHECKOUT).canonicalize().ok();
		let kubo = args.kubo.clone().or_else(of_checkout).unwrap_or_else(|| "ipfs".into());
		let folder = TempDir::new().map_err(failed(&std::env::temp_dir()))?;
		let this = std::env::current_exe().map_err(failed(Path::new("opg")))?;
		let api = multiaddress(&args.ipfs);
		Ok(Self { args, report, folder, kubo, api, this })
	}

	fn figures(&self) -> Result<Map<String, Value>> {
		let version = self.asked_kubo(&["version", "--number"])?;
		let mut trips = Vec::new();
		for turn in 0..self.args.turns {
			self.report.remark(format!("Turn {} of {} …", turn + 1, self.args.turns));
			let mut carriers = Carrier::ALL;
			// What the machine does meanwhile is not to hit the same one each time.
			carriers.rotate_left(usize::from(turn) % Carrier::ALL.len());
			for carrier in carriers {
				trips.push(self.trip(carrier)?);
			}
		}
		let mut figures = summary(&trips, f64::from(self.args.mib));
		figures.insert("kubo".into(), json!(version));
		figures.insert("mib".into(), json!(self.args.mib));
		figures.insert("turns".into(), json!(self.args.turns));
		let (check, show) = self.check()?;
		figures.insert("check_us".into(), json!(rounded(check, 100.0)));
		figures.insert("check_show_us".into(), json!(rounded(show, 10.0)));
		Ok(figures)
	}

	/// A file of random bytes, on disk.
	fn file(&self) -> Result<PathBuf> {
		let path = self.folder.path().join("file");
		let written = || {
			let mut file = File::create(&path)?;
			let mut bytes = vec![0; 1 << 20];
			for _ in 0..self.args.mib {
				getrandom::fill(&mut bytes)
					.map_err(|error| std::io::Error::other(error.to_string()))?;
				file.write_all(&bytes)?;
			}
			file.sync_all()
		};
		written().map_err(failed(&path))?;
		Ok(path)
	}

	/// Brings a new file into a store and out of it: from a file that is on disk, to one that is not there yet.
	fn trip(&self, carrier: Carrier) -> Result<Trip> {
		let file = self.file()?;
		let back = self.folder.path().join("back");
		let (from, to) = (text(&file), text(&back));
		let store = match carrier {
			Carrier::Embedded => format!("embedded={}", text(&self.folder.path().join(HOME))),
			Carrier::Kubo | Carrier::Ipfs => format!("ipfs={}", self.args.ipfs),
		};
		self.warm(&file)?;
		let begin = Instant::now();
		let id = match carrier {
			Carrier::Kubo => {
				let add = ["add", "--quieter", "--cid-version", "1", "--raw-leaves", &from];
				self.asked_kubo(&add)?
			},
			Carrier::Ipfs | Carrier::Embedded => {
				let said = self.asked(&self.this, &["blob", "put", &from, "--store", &store])?;
				said.lines().last().unwrap_or_default().to_owned()
			},
		};
		let add = begin.elapsed();
		let id: ContentId = id.parse().map_err(|error| self.odd(&id, error))?;
		let name = id.to_string();
		self.warm(&file)?;
		let begin = Instant::now();
		match carrier {
			Carrier::Kubo => {
				let target = File::create(&back).map_err(failed(&back))?;
				let cat = ["--api", &self.api, "cat", &name];
				self.ran(Command::new(&self.kubo).args(cat).stdout(target))?;
			},
			Carrier::Ipfs | Carrier::Embedded => {
				self.asked(&self.this, &["blob", "get", &name, &to, "--store", &store])?;
			},
		}
		let cat = begin.elapsed();
		self.forget(carrier, &id)?;
		Ok(Trip { carrier, add, cat })
	}

	/// Has the machine use as much memory as a file takes and free it: a virtual one is slow to get what it has not used for a while, and
	/// who carries a file is not to pay for that.
	fn warm(&self, file: &Path) -> Result<()> {
		let scratch = self.folder.path().join("scratch");
		// Written at once, and so to pages of all sizes.
		let used = fs::read(file).and_then(|bytes| fs::write(&scratch, bytes));
		used.and_then(|()| fs::remove_file(&scratch)).map_err(failed(&scratch))
	}

	/// Sees that what came back is what went in, and leaves nothing of it: neither in the way of what comes next nor for good.
	fn forget(&self, carrier: Carrier, id: &ContentId) -> Result<()> {
		let back = self.folder.path().join("back");
		let found = opg_store::Outline::of(File::open(&back).map_err(failed(&back))?);
		let found = found.map_err(failed(&back))?.id();
		if found != *id {
			return Err(opg_store::StoreError::WrongId { expected: *id, found }.into());
		}
		fs::remove_file(&back).map_err(failed(&back))?;
		let home = self.folder.path().join(HOME);
		match carrier {
			Carrier::Embedded => fs::remove_dir_all(&home).map_err(failed(&home)),
			Carrier::Kubo | Carrier::Ipfs => {
				let root = id.to_string();
				let below = self.asked_kubo(&["refs", "--recursive", "--unique", &root])?;
				self.asked_kubo(&["pin", "rm", &root])?;
				let blocks: Vec<_> = below.lines().chain([root.as_str()]).collect();
				let remove = ["block", "rm", "--force", "--quiet"];
				self.asked_kubo(&[&remove[..], &blocks].concat()).map(drop)
			},
		}
	}

	/// Microseconds of a check, and of a showing.
	fn check(&self) -> Result<(f64, f64)> {
		self.report.remark("Checking pieces …");
		let path = self.file()?;
		let opened = || File::open(&path).map_err(failed(&path));
		let tree = PieceTree::of(std::io::BufReader::with_capacity(RAW_LIMIT, opened()?));
		let tree = tree.map_err(failed(&path))?;
		let (count, root) = (tree.count(), tree.root());
		let begin = Instant::now();
		let mut shown = None;
		for turn in 0..SHOWN {
			let index = turn.wrapping_mul(0x9e37_79b9) % count.max(1);
			let bytes = piece(opened()?, index).map_err(failed(&path))?;
			shown = tree.path(index).map(|hashes| (index, bytes, hashes));
		}
		let show = micros(begin.elapsed()) / f64::from(SHOWN);
		let (index, bytes, hashes) = shown.ok_or_else(|| self.odd("a tree", "it has no pieces"))?;
		let begin = Instant::now();
		for _ in 0..CHECKS {
			if !is_piece(root, count, index, std::hint::black_box(&bytes), hashes.clone()) {
				return Err(self.odd("a tree", "its own piece does not lead to its root"));
			}
		}
		Ok((micros(begin.elapsed()) / f64::from(CHECKS), show))
	}

	fn asked_kubo(&self, arguments: &[&str]) -> Result<String> {
		self.asked(&self.kubo, &[&["--api", &self.api], arguments].concat())
	}

	/// What a program prints.
	fn asked(&self, program: &Path, arguments: &[&str]) -> Result<String> {
		let output = self.ran(Command::new(program).args(arguments).stdout(Stdio::piped()))?;
		Ok(String::from_utf8_lossy(&output).trim().to_owned())
	}

	fn ran(&self, command: &mut Command) -> Result<Vec<u8>> {
		let program = PathBuf::from(command.get_program());
		let failed = |cause: String| Error::Figures { program: program.clone(), cause };
		let child = command.stderr(Stdio::piped()).spawn();
		let child = child.map_err(|error| failed(format!("it does not start: {error}")))?;
		let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
		if !output.status.success() {
			let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
			return Err(failed(format!("{}: {said}", output.status)));
		}
		Ok(output.stdout)
	}

	fn odd(&self, what: &str, why: impl std::fmt::Display) -> Error {
		Error::Figures { program: self.kubo.clone(), cause: format!("{what:?}: {why}") }
	}
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
	let file = path.to_path_buf();
	move |cause| Error::File { file, cause }
}

fn text(path: &Path) -> String {
	path.to_string_lossy().into_owned()
}

fn micros(time: Duration) -> f64 {
	time.as_secs_f64() * 1e6
}

fn rounded(value: f64, parts: f64) -> f64 {
	(value * parts).round() / parts
}

/// `http://HOST:PORT` as Kubo's program names it; anything else as it is.
fn multiaddress(url: &str) -> String {
	let place = url.strip_prefix("http://").map(|place| place.trim_end_matches('/'));
	match place.and_then(|place| place.rsplit_once(':')) {
		Some((host, port)) if host.parse::<std::net::Ipv4Addr>().is_ok() => {
			format!("/ip4/{host}/tcp/{port}")
		},
		Some((host, port)) => format!("/dns/{host}/tcp/{port}"),
		None => url.into(),
	}
}

/// The middle of each carrier's times as MiB a second, and as parts of Kubo's.
fn summary(trips: &[Trip], mib: f64) -> Map<String, Value> {
	let rate = |carrier: Carrier, time: fn(&Trip) -> Duration| {
		let of_carrier = trips.iter().filter(|trip| trip.carrier == carrier);
		let mut times: Vec<_> = of_carrier.map(time).collect();
		times.sort_unstable();
		let middle = times.get(times.len() / 2).map_or(f64::INFINITY, Duration::as_secs_f64);
		mib / middle
	};
	let mut figures = Map::new();
	for (way, time) in
		[("add", (|trip| trip.add) as fn(&Trip) -> Duration), ("cat", |trip| trip.cat)]
	{
		let kubo = rate(Carrier::Kubo, time);
		for carrier in Carrier::ALL {
			let (name, own) = (carrier.name(), rate(carrier, time));
			figures.insert(format!("{name}_{way}_mib_per_s"), json!(rounded(own, 10.0)));
			if carrier != Carrier::Kubo {
				figures.insert(format!("{name}_{way}_ratio"), json!(rounded(own / kubo, 1_000.0)));
			}
		}
	}
	figures
}

#[cfg(test)]
mod tests {
	use super::{multiaddress, summary, Carrier, Trip};
	use serde_json::json;
	use std::time::Duration;

	#[test]
	fn the_middle_turn_counts_and_kubo_is_the_measure() {
		let trip = |carrier, add, cat| Trip {
			carrier,
			add: Duration::from_millis(add),
			cat: Duration::from_millis(cat),
		};
		let trips = [
			trip(Carrier::Kubo, 9_000, 500),
			trip(Carrier::Kubo, 1_000, 500),
			trip(Carrier::Kubo, 2_000, 400),
			trip(Carrier::Ipfs, 2_500, 1_000),
			trip(Carrier::Embedded, 500, 125),
		];
		let expected = json!({
			"kubo_add_mib_per_s": 128.0,
			"ipfs_add_mib_per_s": 102.4,
			"embedded_add_mib_per_s": 512.0,
			"kubo_cat_mib_per_s": 512.0,
			"ipfs_cat_mib_per_s": 256.0,
			"embedded_cat_mib_per_s": 2_048.0,
			"ipfs_add_ratio": 0.8,
			"ipfs_cat_ratio": 0.5,
			"embedded_add_ratio": 4.0,
			"embedded_cat_ratio": 4.0,
		});
		assert_eq!(json!(summary(&trips, 256.0)), expected);
	}

	#[test]
	fn the_daemon_is_named_as_its_own_program_wants_it() {
		assert_eq!(multiaddress("http://127.0.0.1:5001"), "/ip4/127.0.0.1/tcp/5001");
		assert_eq!(multiaddress("http://localhost:80/"), "/dns/localhost/tcp/80");
		assert_eq!(multiaddress("/ip4/1.2.3.4/tcp/5"), "/ip4/1.2.3.4/tcp/5");
	}
}

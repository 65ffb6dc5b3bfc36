//! What keeps a child from anything but computing: no files, no network, no other processes.
//!
//! Two guards of the kernel, each put up where the kernel has it. *seccomp* leaves the process the calls that computing needs
//! and answers all others as if the kernel did not have them: nothing is opened, connected, started or signalled. *Landlock*
//! denies files, ports and signals once more, by what they are and not by which call reaches them.

use codec::{Decode, Encode};
use landlock::{
	Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope, ABI,
};
use libc::c_long;
use seccompiler::{
	BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
	SeccompFilter, SeccompRule,
};
use std::{collections::BTreeMap, env, fmt, process};

/// Calls a process needs for computing with what it has open: memory, threads, pipes, time.
const ALLOWED: &[c_long] = &[
	libc::SYS_brk,
	libc::SYS_madvise,
	libc::SYS_membarrier,
	libc::SYS_mmap,
	libc::SYS_mprotect,
	libc::SYS_mremap,
	libc::SYS_munmap,
	libc::SYS_exit,
	libc::SYS_exit_group,
	libc::SYS_futex,
	libc::SYS_getcpu,
	libc::SYS_getpid,
	libc::SYS_getppid,
	libc::SYS_gettid,
	libc::SYS_rseq,
	libc::SYS_sched_getaffinity,
	libc::SYS_sched_setaffinity,
	libc::SYS_sched_yield,
	libc::SYS_set_robust_list,
	libc::SYS_restart_syscall,
	libc::SYS_rt_sigaction,
	libc::SYS_rt_sigprocmask,
	libc::SYS_rt_sigreturn,
	libc::SYS_sigaltstack,
	libc::SYS_close,
	libc::SYS_fstat,
	libc::SYS_ppoll,
	libc::SYS_read,
	libc::SYS_readv,
	libc::SYS_write,
	libc::SYS_writev,
	libc::SYS_clock_getres,
	libc::SYS_clock_gettime,
	libc::SYS_clock_nanosleep,
	libc::SYS_gettimeofday,
	libc::SYS_nanosleep,
	libc::SYS_getrandom,
	libc::SYS_getrusage,
	libc::SYS_sysinfo,
	libc::SYS_uname,
];

/// How a guard stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub enum Guard {
	/// It was not asked for, or would stop an accelerator.
	#[default]
	#[codec(index = 0)]
	Off,
	/// It holds.
	#[codec(index = 1)]
	InForce,
	/// It does not hold, and why.
	#[codec(index = 2)]
	Lacking(String),
}

/// What holds a child.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Sandbox {
	/// Landlock: what a call may reach.
	pub landlock: Guard,
	/// seccomp: which calls there are.
	pub seccomp: Guard,
}

impl Sandbox {
	/// Confines this process for good. Only threads started after it are under Landlock, so it is called with none.
	pub(super) fn put_up() -> Self {
		// In this order: seccomp leaves no call to Landlock.
		let landlock = match restrict() {
			Ok(RulesetStatus::NotEnforced) => {
				Guard::Lacking("this kernel does not have it, or has it turned off".into())
			},
			Ok(_) => Guard::InForce,
			Err(error) => Guard::Lacking(error.to_string()),
		};
		let seccomp = match filter() {
			Ok(()) => Guard::InForce,
			Err(error) => Guard::Lacking(error.to_string()),
		};
		Self { landlock, seccomp }
	}

	/// What ought to hold and does not, with the reason.
	pub fn lacks(&self) -> impl Iterator<Item = (&'static str, &str)> {
		let guards = [("Landlock", &self.landlock), ("seccomp", &self.seccomp)];
		guards.into_iter().filter_map(|(name, guard)| match guard {
			Guard::Lacking(why) => Some((name, why.as_str())),
			Guard::Off | Guard::InForce => None,
		})
	}
}

impl fmt::Display for Sandbox {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match (&self.landlock, &self.seccomp) {
			(Guard::InForce, Guard::InForce) => f.write_str("Landlock and seccomp"),
			(Guard::InForce, _) => f.write_str("Landlock"),
			(_, Guard::InForce) => f.write_str("seccomp"),
			_ => f.write_str("nothing"),
		}
	}
}

/// Denies everything Landlock knows of, as far as this kernel does.
fn restrict() -> Result<RulesetStatus, RulesetError> {
	let rules = Ruleset::default()
		.handle_access(AccessFs::from_all(ABI::V9))?
		.handle_access(AccessNet::from_all(ABI::V9))?
		.scope(Scope::from_all(ABI::V9))?
		.create()?;
	Ok(rules.restrict_self()?.ruleset)
}

fn filter() -> Result<(), seccompiler::Error> {
	let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
		ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
	#[cfg(target_arch = "x86_64")]
	rules.extend([(libc::SYS_poll, Vec::new()), (libc::SYS_time, Vec::new())]);
	let only =
		|conditions: Vec<SeccompCondition>| SeccompRule::new(conditions).map(|rule| vec![rule]);
	// Threads of this process, not processes. The C library tries clone3 first and, as that is not there, this.
	let thread = libc::CLONE_THREAD as u64;
	rules
		.insert(libc::SYS_clone, only(vec![argument(0, SeccompCmpOp::MaskedEq(thread), thread)?])?);
	let own = SeccompCmpOp::Eq;
	rules.insert(libc::SYS_tgkill, only(vec![argument(0, own.clone(), process::id().into())?])?);
	rules.insert(libc::SYS_prctl, only(vec![argument(0, own.clone(), libc::PR_SET_NAME as u64)?])?);
	// Reading a limit, not setting one.
	rules.insert(libc::SYS_prlimit64, only(vec![argument(2, own, 0)?])?);
	let missing = SeccompAction::Errno(libc::ENOSYS as u32);
	let arch = env::consts::ARCH.try_into()?;
	let filter = SeccompFilter::new(rules, missing, SeccompAction::Allow, arch)?;
	seccompiler::apply_filter_all_threads(&BpfProgram::try_from(filter)?)
}

fn argument(at: u8, how: SeccompCmpOp, value: u64) -> Result<SeccompCondition, BackendError> {
	SeccompCondition::new(at, SeccompCmpArgLen::Qword, how, value)
}

#[cfg(test)]
mod tests {
	use super::{Guard, Sandbox};
	use std::{
		env,
		fs::{self, File},
		net::{TcpListener, TcpStream, UdpSocket},
		os::unix::net::UnixStream,
		process::{self, Command},
		thread,
	};

	const CONFINED: &str = "engine::sandbox::tests::inside";

	#[test]
	fn confined_code_computes_and_reaches_nothing_else() {
		let listener = TcpListener::bind("127.0.0.1:0").unwrap();
		let inside = Command::new(env::current_exe().unwrap())
			.args(["--exact", CONFINED, "--ignored", "--nocapture", "--test-threads=1"])
			.env("OPG_TEST_PORT", listener.local_addr().unwrap().port().to_string())
			.output()
			.unwrap();
		let said = String::from_utf8_lossy(&inside.stdout);
		if said.contains("neither guard") {
			eprintln!("not tested: this kernel has neither Landlock nor seccomp");
			return;
		}
		assert!(said.contains("confined: ok"), "{said}{}", String::from_utf8_lossy(&inside.stderr));
	}

	#[test]
	#[ignore = "confines its process: the test above runs it in one of its own"]
	fn inside() {
		let port: u16 = env::var("OPG_TEST_PORT").unwrap().parse().unwrap();
		let inherited = File::open("/etc/passwd").unwrap();
		let sandbox = Sandbox::put_up();
		if sandbox.landlock != Guard::InForce && sandbox.seccomp != Guard::InForce {
			return println!("neither guard: {sandbox:?}");
		}
		assert_eq!(thread::spawn(|| vec![1u8; 1 << 24].len()).join().unwrap(), 1 << 24);
		let mut wrong = Vec::new();
		let mut denied = |what, got_through: bool| {
			if got_through {
				wrong.push(what);
			}
		};
		denied("read a file", File::open("/etc/passwd").is_ok());
		denied("write a file", File::create(env::temp_dir().join("opg-confined")).is_ok());
		denied("list a folder", fs::read_dir("/").is_ok());
		denied("remove a file", fs::remove_file("/nonexistent").is_ok());
		denied("connect", TcpStream::connect(("127.0.0.1", port)).is_ok());
		if sandbox.seccomp == Guard::InForce {
			denied("make a socket", UdpSocket::bind("127.0.0.1:0").is_ok());
			denied("make a pair of sockets", UnixStream::pair().is_ok());
			denied("start a program", Command::new("true").spawn().is_ok());
			denied("raise a limit", rlimit::Resource::NOFILE.set(10, 10).is_ok());
			let other = rustix::process::Pid::from_raw(1).unwrap();
			let signal = rustix::process::test_kill_process(other);
			denied("signal another process", signal.is_ok());
			// What was open before stays in reach of nothing but read, write and close.
			denied("change a file that was open", inherited.set_len(0).is_ok());
		}
		println!("confined: {}", if wrong.is_empty() { "ok".into() } else { format!("{wrong:?}") });
		process::exit(0);
	}
}

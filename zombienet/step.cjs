// Runs the steps of a scenario in a process of their own, with this project's client and not the tool's older one.
const { spawn } = require("node:child_process");
const { join } = require("node:path");

exports.run = (_node, _network, [steps]) =>
	new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [join(__dirname, steps)], { stdio: "inherit" });
		// The tool gives up after a while: the steps end with it.
		const stop = () => child.kill();
		process.once("exit", stop);
		child.on("exit", (code) => {
			process.off("exit", stop);
			if (code === 0) resolve(0);
			else reject(new Error(`${steps} ended with ${code}`));
		});
	});

"""Does one thing with EZKL, in a process that its parent bounds, and says what came of it in the last line it prints."""

import asyncio
import json
import os
import pathlib
import resource
import signal
import sys


def confine(seconds, memory):
    # The kernel ends it, whatever it does and whether or not its parent still lives.
    signal.alarm(seconds)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    os.nice(10)
    try:
        # Goes before everybody else where the machine runs out of memory.
        pathlib.Path("/proc/self/oom_score_adj").write_text("1000")
    except OSError:
        pass


async def done(step, result):
    if hasattr(result, "__await__"):
        result = await result
    if result is False:
        raise ValueError(f"EZKL refuses without a reason: {step}")
    return result


async def settings(ezkl, folder, logrows, scale):
    """Settings of a circuit with public inputs and outputs and fixed weights, calibrated on samples."""
    args = ezkl.PyRunArgs()
    args.input_visibility, args.output_visibility, args.param_visibility = "public", "public", "fixed"
    args.input_scale = args.param_scale = int(scale)
    args.logrows = int(logrows)
    model, samples, file = (str(folder / name) for name in ("model.onnx", "samples.json", "settings.json"))
    await done("settings", ezkl.gen_settings(model, file, py_run_args=args))
    calibrated = ezkl.calibrate_settings(samples, model, file, "resources", max_logrows=int(logrows), scales=[int(scale)])
    await done("calibration", calibrated)


async def set_up(ezkl, folder, srs):
    """The compiled circuit, its keys, and the key as verifiers take it."""
    file = lambda name: str(folder / name)
    await done("compile", ezkl.compile_circuit(file("model.onnx"), file("network.compiled"), file("settings.json")))
    await done("setup", ezkl.setup(file("network.compiled"), file("vk.key"), file("pk.key"), srs_path=srs))
    await done("key", ezkl.create_evm_vka(file("vk.key"), file("settings.json"), file("vka.bytes"), srs_path=srs))


async def prove(ezkl, folder, work, srs):
    """A witness of an input, and the proof of it."""
    work = pathlib.Path(work)
    circuit, witness = str(folder / "network.compiled"), str(work / "witness.json")
    await done("witness", ezkl.gen_witness(str(work / "input.json"), circuit, witness))
    proof = str(work / "proof.json")
    await done("prove", ezkl.prove(witness, circuit, str(folder / "pk.key"), proof, srs_path=srs))


async def main():
    seconds, memory, verb, folder, *rest = sys.argv[1:]
    confine(int(seconds), int(memory))
    import ezkl

    verbs = {"settings": settings, "set-up": set_up, "prove": prove}
    await verbs[verb](ezkl, pathlib.Path(folder), *rest)


said = {"ok": True}
try:
    asyncio.run(main())
# EZKL's panics are no exceptions.
except BaseException as error:
    said = {"error": f"{error or type(error).__name__}"}
print("\nopg:" + json.dumps(said), flush=True)
# The library may abort when the interpreter ends.
os._exit(0)

//! The program `opg-node`.

fn main() -> sc_cli::Result<()> {
	opg_node::run()
}

//! The scripts, each of which is one step for everybody else.

use deadpool_redis::redis::Script;

pub(super) struct Scripts {
    pub(super) begin_fill: Script,
    pub(super) commit: Script,
    pub(super) abandon: Script,
    pub(super) doubt: Script,
    pub(super) settle: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            begin_fill: Script::new(include_str!("begin_fill.lua")),
            commit: Script::new(include_str!("commit.lua")),
            abandon: Script::new(include_str!("abandon.lua")),
            doubt: Script::new(include_str!("doubt.lua")),
            settle: Script::new(include_str!("settle.lua")),
        }
    }
}

//! What holds in every state of a world, and what happens in some.

use stateright::Property;

use super::world::{Client, Stage, State, Work, World};

/// At most one token rotates the session, and whatever is given works next.
pub(super) const ONE_LINEAGE: &str = "there is at most one live lineage";

/// Unless somebody else shows its tokens or it logs out.
pub(super) const RETRIES: &str = "a client that retries within the window is never logged out";

/// From the moment at which the replay is answered.
pub(super) const REPLAYS: &str = "a replay after it leaves nothing alive";

/// No token works any more, and nothing is given by a rotation that comes after it.
pub(super) const LOGOUT: &str = "logout wins, always";

/// The last ones show that the world is large enough for the others to mean something.
pub(super) fn of(world: &World) -> Vec<Property<World>> {
    let mut properties = vec![
        Property::<World>::always(ONE_LINEAGE, has_one_lineage),
        Property::<World>::always(RETRIES, |_, state| {
            let lives = state.session.revoked.is_none() || state.thief_came || state.logged_out;
            lives && !state.client_was_refused
        }),
        Property::<World>::always(REPLAYS, |world, state| {
            !state.replay_was_answered || nothing_works(world, state)
        }),
        Property::<World>::always(LOGOUT, |world, state| {
            !state.logged_out || nothing_works(world, state) && !state.given_after_logout
        }),
        Property::<World>::sometimes("a retry gets what the first try gets", |_, state| {
            let given = |work: &Work| matches!(work.stage, Stage::Given(_));
            state.works.windows(2).any(|pair| given(&pair[0]) && pair[0].stage == pair[1].stage)
        }),
        Property::<World>::sometimes("a logout comes between look and rotation", |_, state| {
            state.logged_out && state.works.iter().any(|work| work.stage == Stage::Admitted)
        }),
        Property::<World>::sometimes("the session goes on", |_, state| {
            state.session.generation >= 2
        }),
    ];
    if world.thief {
        properties.extend([
            Property::<World>::sometimes("a replay is found", |_, state| {
                state.replay_was_answered && !state.logged_out
            }),
            Property::<World>::sometimes("a thief is there before the client", |_, state| {
                state.session.generation > 0 && state.client == Client::at_first()
            }),
        ]);
    }
    properties
}

fn has_one_lineage(world: &World, state: &State) -> bool {
    let mut rotating = None;
    world.probes(state).all(|(token, (rotates, works_next))| {
        let alone = !rotates || *rotating.get_or_insert(token) == token;
        alone && works_next
    })
}

fn nothing_works(world: &World, state: &State) -> bool {
    state.session.revoked.is_some() && world.probes(state).next().is_none()
}

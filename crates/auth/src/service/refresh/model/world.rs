//! A small world: a session, its client, a thief who gets at its tokens, and a few servers.
//!
//! Requests and replies are lost, repeated, delayed and overtake one another; servers stop at any
//! step. Tokens are numbers: that a token leads to one successor, and only a server can tell to
//! which, is shown where tokens are made.

mod server;

use gacp_store::AccountId;
use jiff::{SignedDuration, Timestamp};
use stateright::{Model, Property};
use uuid::Uuid;

use super::properties;
use super::rule::Rule;
use crate::{RevocationReason, Revoked, Session, SessionId, TokenHash};

/// How much time goes by at once: the window of a retry, so that there is a moment within it, one
/// at its end and one after it.
const TICK: SignedDuration = SignedDuration::from_secs(10);

/// How many ticks the window is.
const WINDOW: u8 = 1;

/// No world makes more tokens.
const MOST: usize = 8;

/// How large a world is, and what its servers do.
#[derive(Debug, Clone, Copy)]
pub(super) struct World {
    pub(super) rule: Rule,
    /// So many requests are served at once.
    pub(super) servers: usize,
    /// Whether there is a thief.
    pub(super) thief: bool,
    /// When it ends.
    pub(super) ticks: u8,
    /// How often the session may be rotated.
    pub(super) rotations: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Party {
    Client,
    Thief,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Device {
    /// The one that the client shows; a thief may have got at that too.
    Own,
    /// Any other, or none.
    Other,
}

/// A refresh as a server received it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Request {
    pub(super) by: Party,
    token: u8,
    device: Device,
    at: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Stage {
    /// The session was seen to be live.
    Admitted,
    /// The session is to be ended.
    Ending,
    /// A token is on its way.
    Given(u8),
}

/// What a server is at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Work {
    pub(super) request: Request,
    pub(super) stage: Stage,
    /// The session as it was when the server looked, if its rule is to keep that.
    read: Option<Session>,
    /// Whether the token was shown when it should not have been any more.
    is_replay: bool,
}

/// The rightful holder. It asks with one token until it has an answer, for no longer than the
/// window, and uses the next one only when nothing of that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Client {
    token: u8,
    asked_at: Option<u8>,
    successor: Option<u8>,
}

/// The world at one moment, and what has happened in it.
#[expect(clippy::struct_excessive_bools, reason = "each may happen without the others")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) now: u8,
    pub(super) session: Session,
    pub(super) client: Client,
    pub(super) works: Vec<Work>,
    /// How many tokens there are.
    made: u8,
    /// Which of them the client or the thief has got: what can be stolen.
    seen: [bool; MOST],
    /// When and by which device each was first used.
    uses: [Option<(u8, Device)>; MOST],
    last_used: Option<u8>,
    pub(super) logged_out: bool,
    pub(super) thief_came: bool,
    pub(super) client_was_refused: bool,
    pub(super) replay_was_answered: bool,
    pub(super) given_after_logout: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    Tick,
    /// The client begins to ask.
    Ask,
    /// One of perhaps many copies of a request reaches a server.
    Arrive(Request),
    /// A server goes on, or its reply arrives.
    Step(usize),
    /// A server stops, or its reply is lost.
    Lose(usize),
    /// The client takes its next token into use.
    Settle,
    /// Every session of the account is ended.
    LogOut,
}

impl Client {
    pub(super) fn at_first() -> Self {
        Self { token: 0, asked_at: None, successor: None }
    }
}

impl State {
    fn new() -> Self {
        let never = time(u8::MAX);
        let session = Session {
            id: SessionId::from(Uuid::nil()),
            account: AccountId::from(Uuid::nil()),
            current_hash: hash(0),
            previous_hash: None,
            generation: 0,
            rotated_at: time(0),
            rotated_by: Device::Own.name(),
            created_at: time(0),
            last_used_at: time(0),
            idle_expires_at: never,
            absolute_expires_at: never,
            device: None,
            user_agent: None,
            revoked: None,
        };
        Self {
            now: 0,
            session,
            client: Client::at_first(),
            works: Vec::new(),
            made: 1,
            seen: std::array::from_fn(|token| token == 0),
            uses: [None; MOST],
            last_used: None,
            logged_out: false,
            thief_came: false,
            client_was_refused: false,
            replay_was_answered: false,
            given_after_logout: false,
        }
    }

    /// Whether a token was used before, and this is no retry of that: what the product's rule
    /// must find out from less.
    fn is_replay(&self, request: &Request) -> bool {
        self.uses[usize::from(request.token)].is_some_and(|(used_at, device)| {
            let late = request.at.saturating_sub(used_at) > WINDOW;
            late || self.last_used != Some(request.token) || device != request.device
        })
    }

    fn end(&mut self, reason: RevocationReason) {
        let at = time(self.now);
        self.session.revoked.get_or_insert(Revoked { at, reason });
    }

    fn serves_client(&self) -> bool {
        self.works.iter().any(|work| work.request.by == Party::Client)
    }

    /// Servers are alike: which of them does what makes no other state.
    fn put(&mut self, work: Work) {
        self.works.push(work);
        self.works.sort_by_key(|work| (work.request, work.stage));
    }
}

impl World {
    fn arrivals(&self, state: &State) -> Vec<Request> {
        let mut requests = Vec::new();
        if state.works.len() >= self.servers {
            return requests;
        }
        let at = state.now;
        if state.client.asked_at.is_some_and(|since| at - since <= WINDOW) {
            let (by, token) = (Party::Client, state.client.token);
            requests.push(Request { by, token, device: Device::Own, at });
        }
        let seen = (0..state.made).filter(|token| state.seen[usize::from(*token)]);
        for token in seen.filter(|_| self.thief) {
            let devices = [Device::Own, Device::Other].into_iter();
            requests.extend(devices.map(|device| Request { by: Party::Thief, token, device, at }));
        }
        requests.retain(|request| request.token < self.rotations);
        requests
    }
}

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::new()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.extend((!state.logged_out).then_some(Action::LogOut));
        for (index, work) in state.works.iter().enumerate() {
            actions.push(Action::Step(index));
            actions.extend((work.stage != Stage::Admitted).then_some(Action::Lose(index)));
        }
        // What anybody would get of an ended session is probed in every state.
        if state.session.revoked.is_some() {
            return;
        }
        actions.extend((state.now < self.ticks).then_some(Action::Tick));
        let client = &state.client;
        actions.extend(client.asked_at.is_none().then_some(Action::Ask));
        let settles = client.successor.is_some() && !state.serves_client();
        actions.extend(settles.then_some(Action::Settle));
        actions.extend(self.arrivals(state).into_iter().map(Action::Arrive));
    }

    fn next_state(&self, before: &State, action: Action) -> Option<State> {
        let mut state = before.clone();
        match action {
            Action::Tick => state.now += 1,
            Action::Ask => state.client.asked_at = Some(state.now),
            Action::Arrive(request) => self.arrive(&mut state, request),
            Action::Step(index) => self.step(&mut state, index),
            Action::Lose(index) => drop(state.works.remove(index)),
            Action::Settle => {
                let token = state.client.successor?;
                state.client = Client { token, asked_at: None, successor: None };
            }
            Action::LogOut => {
                state.end(RevocationReason::EndedElsewhere);
                state.logged_out = true;
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::of(self)
    }

    fn within_boundary(&self, state: &State) -> bool {
        usize::from(state.made) < MOST
    }
}

impl Device {
    fn name(self) -> Option<String> {
        (self == Self::Own).then(String::new)
    }
}

fn time(tick: u8) -> Timestamp {
    Timestamp::UNIX_EPOCH + TICK * i32::from(tick)
}

fn window() -> SignedDuration {
    TICK * i32::from(WINDOW)
}

fn hash(token: u8) -> TokenHash {
    TokenHash([token; 32])
}

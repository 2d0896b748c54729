//! What a server does with a request, one step at a time.

use super::{Device, Party, Request, Stage, State, Work, World, hash, time, window};
use crate::service::refresh::Renewal;
use crate::{Next, RevocationReason, Rotation};

impl World {
    /// What would come of a token if it were shown now: nothing, or whether it rotates the
    /// session, and whether what it gives works next.
    fn probe(&self, state: &State, token: u8, device: Device) -> Option<(bool, bool)> {
        let request = Request { by: Party::Client, token, device, at: state.now };
        let next = self.next(state, &request);
        let mut session = state.session.clone();
        if !session.is_live(next.at) {
            return None;
        }
        let rotation = self.rule.rotate(&mut session, (&hash(token), &next), window());
        let rotates = matches!(rotation, Rotation::Rotated(_));
        match self.rule.decide(&rotation, &next, window()) {
            Renewal::Renewed => Some((rotates, session.current_hash == next.hash)),
            Renewal::Refused | Renewal::Reused => None,
        }
    }

    /// What would come of each token on each device.
    pub(in super::super) fn probes(
        &self,
        state: &State,
    ) -> impl Iterator<Item = (u8, (bool, bool))> {
        let shown =
            (0..state.made).flat_map(|token| [(token, Device::Own), (token, Device::Other)]);
        shown.filter_map(|(token, device)| Some((token, self.probe(state, token, device)?)))
    }

    fn successor(&self, state: &State, token: u8) -> u8 {
        if self.rule.draws_tokens() { state.made } else { token + 1 }
    }

    fn next(&self, state: &State, request: &Request) -> Next {
        Next {
            hash: hash(self.successor(state, request.token)),
            at: time(request.at),
            device: request.device.name(),
            idle_expires_at: time(u8::MAX),
        }
    }

    /// A server looks at the session as soon as the request arrives: later it would but refuse
    /// more.
    pub(super) fn arrive(&self, state: &mut State, request: Request) {
        state.thief_came |= request.by == Party::Thief;
        if state.session.is_live(time(request.at)) {
            let read = self.rule.reads_before().then(|| state.session.clone());
            state.put(Work { request, stage: Stage::Admitted, read, is_replay: false });
        } else {
            refuse(state, &request);
        }
    }

    pub(super) fn step(&self, state: &mut State, index: usize) {
        let work = state.works.remove(index);
        match work.stage {
            Stage::Admitted => self.rotate(state, work),
            Stage::Ending => {
                state.end(RevocationReason::TokenReused);
                state.replay_was_answered |= work.is_replay;
                refuse(state, &work.request);
            }
            Stage::Given(token) => {
                state.seen[usize::from(token)] = true;
                state.client.successor = Some(token);
            }
        }
    }

    fn rotate(&self, state: &mut State, mut work: Work) {
        let (request, next) = (work.request, self.next(state, &work.request));
        work.is_replay = state.is_replay(&request);
        let mut session = work.read.take().unwrap_or_else(|| state.session.clone());
        let rotation = self.rule.rotate(&mut session, (&hash(request.token), &next), window());
        if matches!(rotation, Rotation::Rotated(_)) {
            state.session = session;
        }
        match self.rule.decide(&rotation, &next, window()) {
            Renewal::Renewed => self.give(state, work),
            Renewal::Refused => {
                state.replay_was_answered |= work.is_replay;
                refuse(state, &request);
            }
            Renewal::Reused => state.put(Work { stage: Stage::Ending, ..work }),
        }
    }

    fn give(&self, state: &mut State, work: Work) {
        let Request { by, token, at, device } = work.request;
        let successor = self.successor(state, token);
        let used = &mut state.uses[usize::from(token)];
        if used.is_none() {
            *used = Some((at, device));
            state.last_used = Some(token);
        }
        state.made = state.made.max(successor + 1);
        state.replay_was_answered |= work.is_replay;
        state.given_after_logout |= state.logged_out;
        match by {
            Party::Client => {
                state.put(Work { stage: Stage::Given(successor), is_replay: false, ..work });
            }
            // The sooner a thief has it, the more it can do.
            Party::Thief => state.seen[usize::from(successor)] = true,
        }
    }
}

/// What becomes of the client is of interest as long as nobody else had a hand in it.
fn refuse(state: &mut State, request: &Request) {
    let alone = !state.thief_came && !state.logged_out;
    state.client_was_refused |= request.by == Party::Client && alone;
}

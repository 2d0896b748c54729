//! Clients that come and go: a connection that is free is used again, else one is opened.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;

use super::notes::Heard;
use crate::bench::crowd;
use crate::http1::Wire;
use crate::people::Registration;

/// As many as two processes may have without asking for more open files, with some to spare.
const MOST_CONNECTIONS: usize = 800;

/// Clients that log in.
pub(super) struct Pool {
    authority: String,
    /// A login of each farmer, ready to be sent.
    logins: Vec<Vec<u8>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    idle: Vec<Client>,
    opened: usize,
}

/// A connection, and whose it is.
struct Client {
    wire: Wire,
    farmer: usize,
}

/// A place for a client.
enum Place {
    Taken(Client),
    /// For the client of this number.
    New(usize),
    None,
}

impl Pool {
    pub(super) fn new(authority: &str, people: &[Registration]) -> Self {
        let logins = people.iter().map(|person| crowd::login(authority, person)).collect();
        Self { authority: authority.to_owned(), logins, state: Mutex::default() }
    }

    /// How many connections were opened in all.
    pub(super) fn opened(&self) -> usize {
        self.state().opened
    }

    /// Somebody logs in, on a connection that is his until the reply is there.
    pub(super) async fn log_in(&self) -> Heard {
        let client = match self.place() {
            Place::Taken(client) => Ok(client),
            Place::New(number) => self.open(number).await,
            Place::None => return Heard::Unsent,
        };
        match client {
            Ok(client) => self.ask(client).await.unwrap_or(Heard::Lost),
            Err(_refused) => Heard::Lost,
        }
    }

    async fn ask(&self, mut client: Client) -> Result<Heard> {
        let login = self.logins.get(client.farmer).map(Vec::as_slice).unwrap_or_default();
        let heard = Heard::reply(&client.wire.exchange(login).await?)?;
        self.state().idle.push(client);
        Ok(heard)
    }

    async fn open(&self, number: usize) -> Result<Client> {
        let farmer = number.checked_rem(self.logins.len()).unwrap_or_default();
        Ok(Client { wire: Wire::open(&self.authority).await?, farmer })
    }

    fn place(&self) -> Place {
        let mut state = self.state();
        if let Some(client) = state.idle.pop() {
            return Place::Taken(client);
        }
        if state.opened >= MOST_CONNECTIONS {
            return Place::None;
        }
        state.opened += 1;
        Place::New(state.opened - 1)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

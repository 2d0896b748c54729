//! The keys of one purpose, as they follow one another.

use jiff::Timestamp;

/// A key by its name, and from when it is used for what it is for.
pub(crate) struct Dated<K> {
    pub(crate) kid: String,
    pub(crate) active_from: Timestamp,
    pub(crate) key: K,
}

#[cfg(test)]
impl<K> Dated<K> {
    /// For tests in which time does not matter.
    pub(crate) fn at_once((kid, key): (String, K)) -> Self {
        Self { kid, active_from: Timestamp::UNIX_EPOCH, key }
    }
}

/// The keys of one purpose; never empty. One of them makes, all of them check.
pub(crate) struct Generations<K> {
    former: Vec<Dated<K>>,
    newest: Dated<K>,
}

impl<K> Generations<K> {
    /// Takes keys, oldest first; nothing when there are none.
    pub(crate) fn of(mut keys: Vec<Dated<K>>) -> Option<Self> {
        let newest = keys.pop()?;
        Some(Self { former: keys, newest })
    }

    pub(crate) fn newest(&self) -> &Dated<K> {
        &self.newest
    }

    /// The newest key whose time has come by then; the oldest before the time of any.
    pub(crate) fn at(&self, moment: Timestamp) -> &Dated<K> {
        let active = self.iter().rev().find(|key| key.active_from <= moment);
        active.or(self.former.first()).unwrap_or(&self.newest)
    }

    pub(crate) fn find(&self, kid: &str) -> Option<&K> {
        self.iter().find(|key| key.kid == kid).map(|key| &key.key)
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Dated<K>> {
        self.former.iter().chain([&self.newest])
    }

    /// Each key that was followed, with the one that follows it; oldest first.
    pub(crate) fn followed(&self) -> impl Iterator<Item = (&Dated<K>, &Dated<K>)> {
        self.iter().zip(self.iter().skip(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn of(times: &[i64]) -> Generations<()> {
        let dated =
            |from: &i64| Dated { kid: from.to_string(), active_from: second(*from), key: () };
        Generations::of(times.iter().map(dated).collect()).unwrap()
    }

    #[test]
    fn each_key_makes_from_its_time_to_that_of_the_next() {
        let keys = of(&[10, 20, 30]);

        let at: Vec<_> = [10, 19, 20, 29, 30, 99].map(|at| keys.at(second(at)).kid.as_str()).into();

        assert_eq!(at, ["10", "10", "20", "20", "30", "30"]);
    }

    #[test]
    fn before_the_time_of_any_the_oldest_makes() {
        // The clock of who reads it is behind that of who made it.
        assert_eq!(of(&[10]).at(second(9)).kid, "10");
        assert_eq!(of(&[10, 20]).at(second(9)).kid, "10");
    }
}

//! What was seen of a run, from the server's side and from the tool's.

use std::collections::BTreeMap;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// What the server was asked, and how often.
    pub(super) requests: BTreeMap<String, u64>,
    /// What it answered each endpoint, and how often.
    pub(super) statuses: BTreeMap<String, u64>,
    /// How often each kind of expectation was met and was not, as the tool says.
    pub(super) expectations: BTreeMap<String, u64>,
    /// How many journeys of each name began, as the tool says. What has no name is called otherwise
    /// by each of them.
    pub(super) names: BTreeMap<String, u64>,
    /// Journeys that came to their last step, and those that did not, as the tool says.
    pub(super) journeys: (u64, u64),
    /// Requests that ended their journey for want of what was to be captured, as the tool says.
    pub(super) uncaptured: u64,
}

impl Seen {
    /// The same, with what the tool told of it.
    pub(super) fn with(self, told: Self) -> Self {
        let Self { requests, statuses, .. } = self;
        Self { requests, statuses, ..told }
    }

    /// So many replies of one endpoint.
    pub(super) fn enter(&mut self, endpoint: &str, status: &str, count: u64) {
        *self.requests.entry(endpoint.to_owned()).or_default() += count;
        *self.statuses.entry(format!("{endpoint} {status}")).or_default() += count;
    }

    /// Cells of a table in Markdown.
    pub(super) fn row(&self) -> String {
        let requests: u64 = self.requests.values().sum();
        let mut by_status: BTreeMap<&str, u64> = BTreeMap::new();
        for (line, count) in &self.statuses {
            *by_status.entry(line.rsplit(' ').next().unwrap_or_default()).or_default() += count;
        }
        let statuses: Vec<_> =
            by_status.iter().map(|(status, count)| format!("{count} × {status}")).collect();
        let sum = |what: &str| -> u64 {
            let of = self.expectations.iter().filter(|(kind, _)| kind.starts_with(what));
            of.map(|(_, count)| count).sum()
        };
        let (met, unmet) = (sum("ok."), sum("failed."));
        let (whole, cut) = self.journeys;
        let statuses = statuses.join(", ");
        format!(
            "{requests} | {statuses} | {met} met, {unmet} not | {whole} to their end, {cut} not"
        )
    }

    /// Everything in which the other's run is not the same.
    pub(super) fn differences(&self, ours: &Self) -> Vec<String> {
        let mut all = unlike("request", &self.requests, &ours.requests);
        all.extend(unlike("status", &self.statuses, &ours.statuses));
        all.extend(unlike("expectation", &self.expectations, &ours.expectations));
        if self.journeys != ours.journeys {
            all.push(format!("journeys: artillery {:?}, ours {:?}", self.journeys, ours.journeys));
        }
        if self.uncaptured != ours.uncaptured {
            let (theirs, ours) = (self.uncaptured, ours.uncaptured);
            all.push(format!("captures that failed: artillery {theirs} ×, ours {ours} ×"));
        }
        all
    }
}

fn unlike(what: &str, theirs: &BTreeMap<String, u64>, ours: &BTreeMap<String, u64>) -> Vec<String> {
    let mut keys: Vec<&String> = theirs.keys().chain(ours.keys()).collect();
    keys.sort();
    keys.dedup();
    let count = |map: &BTreeMap<String, u64>, key: &String| map.get(key).copied().unwrap_or(0);
    let both = keys.into_iter().map(|key| (key, count(theirs, key), count(ours, key)));
    let unlike = both.filter(|(_, theirs, ours)| theirs != ours);
    unlike
        .map(|(key, theirs, ours)| format!("{what} {key}: artillery {theirs} ×, ours {ours} ×"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn whatever_differs_is_told() {
        let count = |key: &str, count| [(key.to_owned(), count)].into();
        let theirs = Seen { requests: count("GET /a", 2), journeys: (2, 0), ..Seen::default() };
        let requests = count("GET /a", 1);
        let ours = Seen { requests, journeys: (1, 1), uncaptured: 1, ..Seen::default() };

        let differences = theirs.differences(&ours);

        let told = "request GET /a: artillery 2 ×, ours 1 ×";
        let journeys = "journeys: artillery (2, 0), ours (1, 1)";
        let captures = "captures that failed: artillery 0 ×, ours 1 ×";
        assert_eq!(differences, [told, journeys, captures]);
        assert!(ours.differences(&ours).is_empty());
    }
}

//! Variables and captures: whether what is used is there, and what is there is used. Weights and
//! expectations.

use std::collections::BTreeSet;

use super::super::scenario::{Action, Journey, Over, Request, Scenario, Step};
use super::super::template::{Source, Template};
use super::finding::{Finding, Findings, Rule};

/// What every journey has.
const ALWAYS: [&str; 1] = ["target"];

pub(super) fn lint(scenario: &Scenario, findings: &mut Findings) {
    let mut look = Look { scenario, findings, used: BTreeSet::new() };
    let mut known: BTreeSet<String> = look.given();
    look.flow(&scenario.before, &mut known);
    for journey in &scenario.journeys {
        let mut known = known.clone();
        look.flow(&journey.flow, &mut known);
        look.weight(journey);
    }
    for headers in &scenario.headers {
        look.uses(&headers.1, 1, &known);
    }
    look.captures();
    look.unused();
    look.plugin();
}

struct Look<'a> {
    scenario: &'a Scenario,
    findings: &'a mut Findings,
    used: BTreeSet<String>,
}

impl Look<'_> {
    /// What payloads and `variables` give.
    fn given(&self) -> BTreeSet<String> {
        let fields = self.scenario.payloads.iter().flat_map(|payload| payload.fields.clone());
        let variables = self.scenario.variables.iter().map(|variable| variable.name.clone());
        fields.chain(variables).chain(ALWAYS.map(str::to_owned)).collect()
    }

    fn flow(&mut self, steps: &[Step], known: &mut BTreeSet<String>) {
        for step in steps {
            match &step.action {
                Action::Think(_) => {}
                Action::Log(text) => self.uses(text, step.line, known),
                Action::Request(request) => self.request(request, known),
                Action::Loop(inside) => {
                    if let Over::Variable(name) = &inside.over {
                        self.use_of(name, step.line, known);
                    }
                    known.extend([inside.count.clone(), inside.element.clone()]);
                    self.flow(&inside.steps, known);
                }
            }
        }
    }

    fn request(&mut self, request: &Request, known: &mut BTreeSet<String>) {
        if let Some(condition) = &request.only_if {
            for name in condition.names() {
                let root = name.split('.').next().unwrap_or(name);
                self.use_of(root, request.line, known);
            }
        }
        // A reply is there before what is expected of it is looked at.
        let captured = request.captures.iter().map(|capture| capture.name.clone());
        let with_own: BTreeSet<String> = known.iter().cloned().chain(captured).collect();
        let expected = request.expectations.len();
        let templates = request.templates();
        for (nth, template) in (0..).zip(&templates) {
            let of_reply = expected > 0 && nth >= templates.len().saturating_sub(expected);
            self.uses(template, request.line, if of_reply { &with_own } else { known });
        }
        *known = with_own;
    }

    fn uses(&mut self, template: &Template, line: usize, known: &BTreeSet<String>) {
        let names: Vec<String> = template.sources().filter_map(variable).collect();
        for name in names {
            self.use_of(&name, line, known);
        }
    }

    fn use_of(&mut self, name: &str, line: usize, known: &BTreeSet<String>) {
        self.used.insert(name.to_owned());
        if known.contains(name) {
            return;
        }
        let what = format!("nothing gives `{name}` a value here");
        let why = "Artillery would send the word \"undefined\"";
        let help = "name it in `fields`, `variables` or a capture of an earlier step";
        self.add(Rule::UndefinedVariable, line, (what, why, help));
    }

    /// A capture is used when anything in a journey that has it uses its name.
    fn captures(&mut self) {
        let alone = [self.scenario.before.as_slice()];
        let flows = self.scenario.journeys.iter().map(|journey| journey.flow.as_slice());
        let mut unused = Vec::new();
        for flow in flows {
            let used = used_in(flow);
            unused.extend(unused_of(flow, &used));
        }
        for flow in alone {
            unused.extend(unused_of(flow, &self.used));
        }
        for (line, name) in unused {
            let what = format!("nothing uses what is captured as `{name}`");
            let why = "a reply without it fails the journey all the same";
            let help = "take it out, or expect it: `expect: { hasProperty: … }`";
            self.add(Rule::UnusedCapture, line, (what, why, help));
        }
    }

    fn unused(&mut self) {
        let payloads = self.scenario.payloads.iter();
        let fields = payloads.flat_map(|it| it.fields.iter().map(|name| (it.line, name)));
        let variables = self.scenario.variables.iter().map(|it| (it.line, &it.name));
        let given: Vec<_> = fields.chain(variables).map(|(line, it)| (line, it.clone())).collect();
        for (line, name) in given {
            if !self.used.contains(&name) {
                let what = format!("nothing uses `{name}`");
                let why = "who reads the scenario takes it for a part of the test";
                self.add(Rule::UnusedVariable, line, (what, why, "use it, or take it out"));
            }
        }
    }

    fn weight(&mut self, journey: &Journey) {
        if journey.weight <= 0.0 {
            let what = format!("`{}` has the weight 0", journey.name);
            let why = "it is never chosen, so nothing in it is tested";
            self.add(
                Rule::WeightZero,
                journey.line,
                (what, why, "give it a weight, or take it out"),
            );
        }
    }

    fn plugin(&mut self) {
        let requests = self.scenario.requests();
        let first = requests.iter().flat_map(|request| &request.expectations).next();
        if let Some(first) = first.filter(|_| !self.scenario.has_expect_plugin) {
            let what = "expectations without the plugin that looks at them".to_owned();
            let why = "they count here in any case, but Artillery passes over every one of them";
            let help = "say `plugins: { expect: {} }` in `config`";
            self.add(Rule::ExpectWithoutPlugin, first.line, (what, why, help));
        }
    }

    fn add(&mut self, rule: Rule, line: usize, (what, why, help): (String, &str, &str)) {
        let (file, why, help) = (self.scenario.file.clone(), why.to_owned(), help.to_owned());
        self.findings.add(Finding { rule, file, line, what, why, help, shows_line: true });
    }
}

fn variable(source: &Source) -> Option<String> {
    match source {
        Source::Variable { name, .. } => Some(name.clone()),
        Source::RandomString(_) | Source::RandomNumber(..) | Source::Uuid => None,
    }
}

/// Every name that a flow uses.
fn used_in(steps: &[Step]) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for step in steps {
        match &step.action {
            Action::Think(_) => {}
            Action::Log(text) => used.extend(text.sources().filter_map(variable)),
            Action::Request(request) => {
                let sources = request.templates().into_iter().flat_map(Template::sources);
                used.extend(sources.filter_map(variable));
                let names = request.only_if.iter().flat_map(|condition| condition.names());
                used.extend(names.filter_map(|name| name.split('.').next()).map(str::to_owned));
            }
            Action::Loop(inside) => {
                if let Over::Variable(name) = &inside.over {
                    used.insert(name.clone());
                }
                used.extend(used_in(&inside.steps));
            }
        }
    }
    used
}

fn unused_of(steps: &[Step], used: &BTreeSet<String>) -> Vec<(usize, String)> {
    let mut unused = Vec::new();
    for step in steps {
        match &step.action {
            Action::Think(_) | Action::Log(_) => {}
            Action::Request(request) => {
                let captures = request.captures.iter();
                let alone = captures.filter(|capture| !used.contains(&capture.name));
                unused.extend(alone.map(|capture| (capture.line, capture.name.clone())));
            }
            Action::Loop(inside) => unused.extend(unused_of(&inside.steps, used)),
        }
    }
    unused
}

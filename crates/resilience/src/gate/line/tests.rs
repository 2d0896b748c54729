use proptest::prelude::*;

use super::*;

const PRIORITIES: [Priority; 4] =
    [Priority::Critical, Priority::High, Priority::Normal, Priority::Low];

#[test]
fn the_urgent_go_first_and_the_others_in_the_order_in_which_they_came() {
    let mut line = Line::new(1, 8);
    assert!(line.enter());
    for (priority, who) in [
        (Priority::Low, "exports"),
        (Priority::Normal, "reads first"),
        (Priority::Normal, "reads second"),
        (Priority::Critical, "health"),
        (Priority::High, "logs in"),
    ] {
        assert!(line.stand(priority, who).unwrap().displaced.is_none());
    }
    assert_eq!(line.ahead_of(Priority::High), 2);

    let mut let_in = Vec::new();
    while let Some(who) = line.leave() {
        let_in.push(who);
    }

    assert_eq!(let_in, ["health", "logs in", "reads first", "reads second", "exports"]);
    assert_eq!(line.occupancy(), Occupancy { inside: 0, waiting: 0 });
}

#[test]
fn the_latest_of_the_least_urgent_loses_his_place_to_somebody_more_urgent_alone() {
    let mut line = Line::new(1, 2);
    assert!(line.enter());
    assert!(line.stand(Priority::Low, "first").is_some());
    assert!(line.stand(Priority::Low, "second").is_some());

    assert!(line.stand(Priority::Low, "third").is_none());
    assert_eq!(line.stand(Priority::High, "urgent").unwrap().displaced, Some("second"));
    assert_eq!(line.stand(Priority::Normal, "usual").unwrap().displaced, Some("first"));
    assert!(line.stand(Priority::Normal, "too late").is_none());

    assert_eq!(line.leave(), Some("urgent"));
    assert_eq!(line.leave(), Some("usual"));
}

#[derive(Debug, Clone)]
enum Step {
    Arrive(Priority),
    Leave,
    GiveUp(prop::sample::Index),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => prop::sample::select(&PRIORITIES[..]).prop_map(Step::Arrive),
        3 => Just(Step::Leave),
        1 => any::<prop::sample::Index>().prop_map(Step::GiveUp),
    ];
    prop::collection::vec(step, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Against a list that is sorted each time.
    #[test]
    fn a_line_is_a_sorted_list(at_once in 1..4_usize, most in 0..5_usize, steps in steps()) {
        let mut line = Line::new(at_once, most);
        let (mut inside, mut list) = (0, Vec::<(Priority, usize, Place)>::new());
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Arrive(_) if inside < at_once => {
                    prop_assert!(line.enter());
                    inside += 1;
                }
                Step::Arrive(priority) => {
                    prop_assert!(!line.enter());
                    let stood = line.stand(priority, number);
                    let loser = list.last().copied().filter(|_| list.len() == most);
                    let has_room = list.len() < most || loser.is_some_and(|it| it.0 > priority);
                    prop_assert_eq!(stood.is_some(), has_room);
                    if let Some(stood) = stood {
                        prop_assert_eq!(stood.displaced, loser.map(|it| it.1));
                        list.truncate(most - 1);
                        list.push((priority, number, stood.place));
                        list.sort_by_key(|it| (it.0, it.1));
                    }
                }
                Step::Leave if inside > 0 => {
                    let first = (!list.is_empty()).then(|| list.remove(0).1);
                    inside -= usize::from(first.is_none());
                    prop_assert_eq!(line.leave(), first);
                }
                Step::GiveUp(which) if !list.is_empty() => {
                    let (_, who, place) = list.remove(which.index(list.len()));
                    prop_assert_eq!(line.give_up(place), Some(who));
                    prop_assert_eq!(line.give_up(place), None);
                }
                Step::Leave | Step::GiveUp(_) => {}
            }
            prop_assert_eq!(line.occupancy(), Occupancy { inside, waiting: list.len() });
        }
    }
}

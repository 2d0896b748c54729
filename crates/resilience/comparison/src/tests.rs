//! What is measured is what it is said to be.

use super::{Failsafe, Ours, OursTold, Recloser, Rival, Tower, Window};

fn stays_closed<R: Rival>(windows: &[Window]) {
    for window in [Window::Calls, Window::Time] {
        let breaker = R::closed(window).unwrap();
        assert_eq!(breaker.is_some(), windows.contains(&window), "{} {window:?}", R::NAME);
        let Some(breaker) = breaker else { continue };
        assert_eq!(breaker.calls(0..1_000, true), 0, "{} {window:?}", R::NAME);
        assert_eq!(breaker.calls(1_000..1_200, false), 0, "{} {window:?}", R::NAME);
    }
}

fn stays_open<R: Rival>() {
    assert_eq!(R::open().unwrap().calls(0..1_000, false), 1_000, "{}", R::NAME);
}

#[test]
fn a_closed_breaker_lets_through_though_most_calls_fail() {
    stays_closed::<Ours>(&[Window::Calls, Window::Time]);
    stays_closed::<OursTold>(&[Window::Calls, Window::Time]);
    stays_closed::<Recloser>(&[Window::Calls]);
    stays_closed::<Failsafe>(&[Window::Time]);
    stays_closed::<Tower>(&[Window::Calls, Window::Time]);
}

#[test]
fn an_open_breaker_refuses_all() {
    stays_open::<Ours>();
    stays_open::<OursTold>();
    stays_open::<Recloser>();
    stays_open::<Failsafe>();
    stays_open::<Tower>();
}

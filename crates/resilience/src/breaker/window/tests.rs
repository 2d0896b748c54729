use std::time::Duration;

use super::*;

const FINE: Mark = Mark { failed: false, slow: false };
const FAILED: Mark = Mark { failed: true, slow: false };
const SLOW: Mark = Mark { failed: false, slow: true };

fn after(seconds: u64) -> Moment {
    Moment::START.plus(Duration::from_secs(seconds))
}

fn counts(finished: u64, failures: u64, slow: u64) -> Counts {
    Counts { finished, failures, slow }
}

fn of_time() -> Window {
    Window::new(&Settings::default())
}

fn of_count(size: u32) -> Window {
    Window::new(&Settings { window: settings::Window::Count { size }, ..Settings::default() })
}

fn record(window: &Window, word: Word, mark: Mark, now: Moment) {
    assert_eq!(window.record(word, mark, now, || true), Counted::Yes);
}

#[test]
fn a_window_of_time_forgets_a_bucket_at_a_time() {
    let window = of_time();
    for second in 0..10 {
        record(&window, Word::NEW, FAILED, after(second));
        record(&window, Word::NEW, SLOW, after(second));
    }

    assert_eq!(window.counts(Word::NEW, after(9)), counts(20, 10, 10));
    assert_eq!(window.counts(Word::NEW, after(10)), counts(18, 9, 9));
    assert_eq!(window.counts(Word::NEW, after(18)), counts(2, 1, 1));
    assert_eq!(window.counts(Word::NEW, after(19)), counts(0, 0, 0));
    assert_eq!(window.counts(Word::NEW, after(20)), counts(0, 0, 0));
}

#[test]
fn a_bucket_is_used_again_for_a_later_second() {
    let window = of_time();
    record(&window, Word::NEW, FAILED, after(3));
    record(&window, Word::NEW, FINE, after(13));

    assert_eq!(window.counts(Word::NEW, after(13)), counts(1, 0, 0));
}

#[test]
fn an_outcome_of_a_second_that_is_over_does_not_take_its_bucket_back() {
    let window = of_time();
    record(&window, Word::NEW, FAILED, after(13));

    assert_eq!(window.record(Word::NEW, FINE, after(3), || true), Counted::Stale);
    assert_eq!(window.counts(Word::NEW, after(13)), counts(1, 1, 0));
}

#[test]
fn a_window_keeps_the_generations_apart() {
    for window in [of_time(), of_count(100)] {
        let later = Word::NEW.closed(after(1));
        record(&window, Word::NEW, FAILED, after(1));
        record(&window, later, SLOW, after(1));
        record(&window, later, FINE, after(1));

        assert_eq!(window.counts(later, after(1)), counts(2, 0, 1));
        // Whoever is late finds that the generation is over.
        assert_eq!(window.record(Word::NEW, FAILED, after(1), || false), Counted::Stale);
        assert_eq!(window.counts(later, after(1)), counts(2, 0, 1));
    }
}

#[test]
fn a_window_of_count_slides_by_one() {
    for size in [1, 15, 16, 17, 100] {
        let window = of_count(size);
        for _ in 0..3 * size {
            record(&window, Word::NEW, FINE, Moment::START);
        }
        for failures in 1..=u64::from(size) {
            record(&window, Word::NEW, FAILED, Moment::START);
            let expected = counts(u64::from(size), failures, 0);
            assert_eq!(window.counts(Word::NEW, Moment::START), expected);
        }
        for slow in 1..=u64::from(size) {
            record(&window, Word::NEW, SLOW, Moment::START);
            let expected = counts(u64::from(size), u64::from(size) - slow, slow);
            assert_eq!(window.counts(Word::NEW, Moment::START), expected);
        }
    }
}

#[test]
fn a_window_of_count_counts_what_there_is() {
    let window = of_count(100);
    for _ in 0..3 {
        record(&window, Word::NEW, FAILED, Moment::START);
        record(&window, Word::NEW, FINE, Moment::START);
    }

    assert_eq!(window.counts(Word::NEW, Moment::START), counts(6, 3, 0));
}

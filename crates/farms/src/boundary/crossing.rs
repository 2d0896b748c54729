//! Where a line crosses or touches another one: a sweep from west to east (Shamos & Hoey 1976).
//!
//! It takes O(n log n) on every input, so that 10 000 positions cannot be laid out to keep a
//! processor busy, and it says which position is to blame; `geo`'s own validation compares every
//! line with every other and names the ring. The predicates are exact (`robust`), so the order of
//! the lines under the sweep is a true order as long as no two of them have met. Rings may not
//! even touch: then every ring lies on one side of every other.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Unbounded};

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, Intersects, Line};

use super::rules::{Place, rings};
use super::{Geometry, Position};

/// The first crossing or touch that the sweep meets: the position where the later line starts.
pub(super) fn first(geometry: &Geometry) -> Option<Place> {
    let mut segments = Vec::new();
    for (place, ring) in rings(geometry) {
        let of_ring = Segment::of_ring(place, ring);
        if of_ring.len() < 3 {
            return Some(place);
        }
        segments.extend(of_ring);
    }
    sweep(&segments)
}

/// A line between two different positions of a ring.
#[derive(Debug, Clone, Copy)]
struct Segment {
    /// The end that the sweep meets first: the western, or the southern of a vertical line.
    left: Coord,
    /// The other end.
    right: Coord,
    /// Where it starts.
    place: Place,
    /// Where it stands in its ring, and how many lines the ring has.
    step: (usize, usize),
}

impl Segment {
    fn of_ring(place: Place, ring: &[Position]) -> Vec<Self> {
        let corners = ring.iter().map(|&corner| Coord::from(corner));
        let pairs = corners.clone().zip(corners.skip(1)).enumerate();
        let real = pairs.filter(|(_, (start, end))| start != end);
        let mut segments: Vec<Self> = real
            .enumerate()
            .map(|(step, (position, (start, end)))| {
                let (left, right) =
                    if before(start, end).is_lt() { (start, end) } else { (end, start) };
                let place = Place { position: Some(position), ..place };
                Self { left, right, place, step: (step, 0) }
            })
            .collect();
        let count = segments.len();
        for segment in &mut segments {
            segment.step.1 = count;
        }
        segments
    }

    fn line(&self) -> Line {
        Line::new(self.left, self.right)
    }

    /// Whether the other one starts where this one ends, going round their ring.
    fn precedes(&self, other: &Self) -> bool {
        let same_ring =
            (self.place.polygon, self.place.ring) == (other.place.polygon, other.place.ring);
        same_ring && (self.step.0 + 1) % self.step.1 == other.step.0
    }

    /// Whether the two have a point in common that they should not have.
    fn meets(&self, other: &Self) -> bool {
        if !(self.precedes(other) || other.precedes(self)) {
            return self.line().intersects(&other.line());
        }
        // Neighbours share one end. They share more only if one doubles back on the other.
        let lies_on = |end: Coord, line: &Self| {
            end != line.left && end != line.right && line.line().intersects(&end)
        };
        lies_on(self.left, other)
            || lies_on(self.right, other)
            || lies_on(other.left, self)
            || lies_on(other.right, self)
            || (self.left == other.left && self.right == other.right)
    }
}

/// A line under the sweep; lines are ordered from south to north.
#[derive(Debug, Clone, Copy)]
struct Active {
    segment: Segment,
    index: usize,
}

impl Ord for Active {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mine, theirs) = (&self.segment, &other.segment);
        let order = if before(mine.left, theirs.left).is_le() {
            side(mine, theirs)
        } else {
            side(theirs, mine).reverse()
        };
        order.then(self.index.cmp(&other.index))
    }
}

impl PartialOrd for Active {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Active {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for Active {}

/// How `base` lies to a line that starts later: `Less` when `base` is south of it.
fn side(base: &Segment, later: &Segment) -> Ordering {
    let of = |point| match RobustKernel::orient2d(base.left, base.right, point) {
        Orientation::CounterClockwise => Ordering::Less,
        Orientation::Collinear => Ordering::Equal,
        Orientation::Clockwise => Ordering::Greater,
    };
    of(later.left).then_with(|| of(later.right))
}

/// The order in which the sweep meets positions: west to east, then south to north.
fn before(a: Coord, b: Coord) -> Ordering {
    a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y))
}

/// A line begins or ends. Lines begin before others end at one position, so that lines which only
/// touch there are under the sweep together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Begin,
    End,
}

fn sweep(segments: &[Segment]) -> Option<Place> {
    let mut events: Vec<(Coord, Event, Active)> = Vec::with_capacity(segments.len() * 2);
    for (index, &segment) in segments.iter().enumerate() {
        let active = Active { segment, index };
        events.push((segment.left, Event::Begin, active));
        events.push((segment.right, Event::End, active));
    }
    events.sort_by(|a, b| before(a.0, b.0).then(a.1.cmp(&b.1)));
    let mut active = BTreeSet::new();
    for (_, event, line) in events {
        let south = active.range((Unbounded, Excluded(line))).next_back().copied();
        let north = active.range((Excluded(line), Unbounded)).next().copied();
        let pairs = match event {
            Event::Begin => {
                active.insert(line);
                [Some((line, south)), Some((line, north))]
            }
            Event::End => {
                active.remove(&line);
                [south.map(|south| (south, north)), None]
            }
        };
        for (one, other) in pairs.into_iter().flatten() {
            if let Some(other) = other.filter(|other| one.segment.meets(&other.segment)) {
                return Some(one.segment.place.max(other.segment.place));
            }
        }
    }
    None
}

//! Violations in the order of the fields that they are about.

use gacp_store::Violation;

use super::state::Shapes;

/// Sorts by the declared order of fields and the order of lists; unknown fields come last.
pub(super) fn sort(violations: &mut [Violation], shapes: &Shapes) {
    violations.sort_by_cached_key(|violation| rank(&violation.pointer, shapes));
}

fn rank(pointer: &str, shapes: &Shapes) -> Vec<usize> {
    let starts = pointer.match_indices('/').map(|(start, _)| start);
    let steps = starts.zip(pointer.split('/').skip(1));
    steps.map(|(start, step)| position(pointer.get(..start), step, shapes)).collect()
}

/// The position of one step inside the value that `parent` points to.
fn position(parent: Option<&str>, step: &str, shapes: &Shapes) -> usize {
    let Some(fields) = parent.and_then(|parent| shapes.get(parent)) else {
        return step.parse().unwrap_or_default();
    };
    let name = step.replace("~1", "/").replace("~0", "~");
    fields.iter().position(|field| *field == name).unwrap_or(usize::MAX)
}

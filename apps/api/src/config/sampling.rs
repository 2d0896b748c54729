//! Which traces are kept: `OTEL_TRACES_SAMPLER` and its argument, by the names that OpenTelemetry
//! gives them, and one more that bounds what a busy server spends.

use gacp_telemetry::traces::{Roots, Sampling};

use super::raw::{Sampler, Telemetry};

/// What is meant. Fails where the argument is none for this sampler.
pub(super) fn of(raw: &Telemetry) -> Result<Sampling, &'static str> {
    let default = Sampling::default();
    let Some(sampler) = raw.sampler else {
        return match raw.sampler_arg {
            None => Ok(default),
            Some(_) => Err("telemetry.sampler must be set with it"),
        };
    };
    let share = || match raw.sampler_arg.unwrap_or(1.0) {
        share if (0.0..=1.0).contains(&share) => Ok(Roots::Share(share)),
        _ => Err("a share lies between 0 and 1"),
    };
    let rate = || match raw.sampler_arg {
        None => Ok(default.roots),
        Some(rate) if (0.0..=1e6).contains(&rate) => Ok(Roots::PerSecond(rate)),
        Some(_) => Err("so many traces a second lie between 0 and 1000000"),
    };
    let roots = match sampler {
        Sampler::AlwaysOn | Sampler::ParentbasedAlwaysOn => Roots::Every,
        Sampler::AlwaysOff | Sampler::ParentbasedAlwaysOff => Roots::None,
        Sampler::Traceidratio | Sampler::ParentbasedTraceidratio => share()?,
        Sampler::Ratelimiting | Sampler::ParentbasedRatelimiting => rate()?,
    };
    let alone =
        [Sampler::AlwaysOn, Sampler::AlwaysOff, Sampler::Traceidratio, Sampler::Ratelimiting];
    Ok(Sampling { roots, heeds_parent: !alone.contains(&sampler) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampling(
        sampler: Option<Sampler>,
        sampler_arg: Option<f64>,
    ) -> Result<Sampling, &'static str> {
        of(&Telemetry { sampler, sampler_arg, ..Telemetry::default() })
    }

    #[test]
    fn every_sampler_is_what_its_name_says() {
        let expected = [
            (Sampler::AlwaysOn, None, Roots::Every, false),
            (Sampler::AlwaysOff, None, Roots::None, false),
            (Sampler::Traceidratio, Some(0.25), Roots::Share(0.25), false),
            (Sampler::Ratelimiting, Some(7.0), Roots::PerSecond(7.0), false),
            (Sampler::ParentbasedAlwaysOn, None, Roots::Every, true),
            (Sampler::ParentbasedAlwaysOff, None, Roots::None, true),
            (Sampler::ParentbasedTraceidratio, None, Roots::Share(1.0), true),
            (Sampler::ParentbasedRatelimiting, None, Roots::PerSecond(100.0), true),
        ];
        for (sampler, argument, roots, heeds_parent) in expected {
            let due = Sampling { roots, heeds_parent };
            assert_eq!(sampling(Some(sampler), argument), Ok(due), "{sampler:?}");
        }
        assert_eq!(sampling(None, None), Ok(Sampling::default()));
    }

    #[test]
    fn an_argument_that_is_none_is_refused() {
        assert!(sampling(None, Some(0.5)).is_err());
        assert!(sampling(Some(Sampler::Traceidratio), Some(1.5)).is_err());
        assert!(sampling(Some(Sampler::ParentbasedRatelimiting), Some(-1.0)).is_err());
        assert!(sampling(Some(Sampler::ParentbasedRatelimiting), Some(f64::NAN)).is_err());
    }
}

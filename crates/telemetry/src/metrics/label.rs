//! Labels: each has a closed set of values.

/// Defines an enumeration whose variants are the values of a label, and nothing else is.
///
/// ```
/// gacp_telemetry::closed_label! {
///     /// What came of it.
///     pub enum Outcome {
///         /// It was done.
///         Done => "done",
///         /// It was not.
///         Failed => "failed",
///     }
/// }
/// assert_eq!(Outcome::ALL.map(Outcome::as_str), ["done", "failed"]);
/// ```
#[macro_export]
macro_rules! closed_label {
    (
        $(#[$about:meta])*
        $visible:vis enum $name:ident { $($(#[$what:meta])* $variant:ident => $text:literal),+ $(,)? }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $visible enum $name { $($(#[$what])* $variant),+ }

        impl $name {
            /// All of them.
            $visible const ALL: [Self; [$($text),+].len()] = [$(Self::$variant),+];

            /// As it is written.
            $visible const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl $crate::metrics::prometheus_client::encoding::EncodeLabelValue for $name {
            fn encode(
                &self,
                encoder: &mut $crate::metrics::prometheus_client::encoding::LabelValueEncoder<'_>,
            ) -> ::std::fmt::Result {
                ::std::fmt::Write::write_str(encoder, self.as_str())
            }
        }
    };
}

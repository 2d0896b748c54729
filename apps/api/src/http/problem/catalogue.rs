//! Every problem that a client can meet: its code, its status, and what it says in two languages.

use actix_web::http::StatusCode;

use super::Language;

/// A title and what it means for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// The kind of problem, in a few words.
    pub title: &'static str,
    /// What to do about it; the same for every occurrence, so that no value is echoed.
    pub detail: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident $name:literal $status:ident
        en $en_title:literal $en_detail:literal
        th $th_title:literal $th_detail:literal;)+) => {
        /// What went wrong, as clients tell it apart; the names are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $code,)+
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// The name as clients see it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            /// The HTTP status that goes with it, always.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$code => StatusCode::$status,)+ }
            }

            /// What it says.
            pub fn text(self, language: Language) -> Text {
                let (en, th) = match self {
                    $(Self::$code => (
                        Text { title: $en_title, detail: $en_detail },
                        Text { title: $th_title, detail: $th_detail },
                    ),)+
                };
                match language {
                    Language::English => en,
                    Language::Thai => th,
                }
            }
        }
    };
}

codes! {
    /// The body is not one JSON document.
    MalformedJson "malformed-json" BAD_REQUEST
        en "Malformed JSON" "The body is not one JSON document in UTF-8, or it is nested too deeply."
        th "JSON ไม่ถูกต้อง" "เนื้อหาที่ส่งมาไม่ใช่เอกสาร JSON แบบ UTF-8 ที่สมบูรณ์ หรือซ้อนกันลึกเกินไป";
    /// The address or its query cannot be understood.
    InvalidQuery "invalid-query" BAD_REQUEST
        en "Invalid query" "A parameter or header of the request is unknown or has a value that is not allowed."
        th "คำค้นไม่ถูกต้อง" "พารามิเตอร์หรือเฮดเดอร์ของคำขอไม่เป็นที่รู้จัก หรือมีค่าที่ไม่อนุญาต";
    /// The cursor was not made for this list.
    InvalidCursor "invalid-cursor" BAD_REQUEST
        en "Invalid cursor" "The cursor does not belong to this list. Start again from the first page."
        th "ตัวชี้ตำแหน่งไม่ถูกต้อง" "ตัวชี้ตำแหน่งไม่ได้เป็นของรายการนี้ กรุณาเริ่มใหม่จากหน้าแรก";
    /// Nobody is signed in.
    Unauthenticated "unauthenticated" UNAUTHORIZED
        en "Sign-in required" "Sign in, or renew the access token, and send the request again."
        th "ต้องเข้าสู่ระบบ" "กรุณาเข้าสู่ระบบหรือต่ออายุโทเค็น แล้วส่งคำขออีกครั้ง";
    /// The login does not fit any account that may sign in.
    InvalidCredentials "invalid-credentials" UNAUTHORIZED
        en "Sign-in failed" "The identifier or the password is not right."
        th "เข้าสู่ระบบไม่สำเร็จ" "ข้อมูลระบุตัวตนหรือรหัสผ่านไม่ถูกต้อง";
    /// The refresh token is none, or no longer.
    InvalidRefreshToken "invalid-refresh-token" UNAUTHORIZED
        en "Session ended" "The refresh token is not valid or no longer valid. Sign in again."
        th "เซสชันสิ้นสุดแล้ว" "โทเค็นต่ออายุไม่ถูกต้องหรือหมดอายุแล้ว กรุณาเข้าสู่ระบบอีกครั้ง";
    /// The refresh token was used before.
    RefreshTokenReused "refresh-token-reused" UNAUTHORIZED
        en "Session ended for safety" "The refresh token had been used before, so the session was ended. Sign in again."
        th "สิ้นสุดเซสชันเพื่อความปลอดภัย" "โทเค็นต่ออายุนี้เคยถูกใช้ไปแล้ว ระบบจึงสิ้นสุดเซสชัน กรุณาเข้าสู่ระบบอีกครั้ง";
    /// The caller may see it, but not do this.
    Forbidden "forbidden" FORBIDDEN
        en "Not allowed" "Your role or your part in this matter does not allow that."
        th "ไม่ได้รับอนุญาต" "บทบาทหรือหน้าที่ของคุณในเรื่องนี้ไม่อนุญาตให้ทำรายการดังกล่าว";
    /// There is no such thing, or it is somebody else's.
    NotFound "not-found" NOT_FOUND
        en "Not found" "There is nothing here, or nothing that you may see."
        th "ไม่พบข้อมูล" "ไม่มีข้อมูลนี้ หรือคุณไม่มีสิทธิ์เข้าถึงข้อมูลนี้";
    /// The address knows other methods only.
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED
        en "Method not allowed" "This address does not know that method; the Allow header lists those it knows."
        th "ไม่รองรับเมธอดนี้" "ที่อยู่นี้ไม่รองรับเมธอดดังกล่าว ดูเมธอดที่รองรับได้ในเฮดเดอร์ Allow";
    /// None of the media types that the client takes can be made.
    NotAcceptable "not-acceptable" NOT_ACCEPTABLE
        en "Not acceptable" "The reply cannot be made in any media type of the Accept header."
        th "ไม่มีรูปแบบที่รองรับ" "ไม่สามารถตอบกลับในรูปแบบสื่อใด ๆ ที่ระบุไว้ในเฮดเดอร์ Accept ได้";
    /// The body did not arrive in time.
    RequestTimeout "request-timeout" REQUEST_TIMEOUT
        en "Request timed out" "The body of the request did not arrive in time. Send the request again."
        th "หมดเวลารับคำขอ" "ได้รับเนื้อหาของคำขอไม่ทันเวลา กรุณาส่งคำขออีกครั้ง";
    /// The request contradicts what has happened since.
    InvalidTransition "invalid-transition" CONFLICT
        en "Not possible in this state" "This action is not possible in the present state; `allowedActions` lists those that are."
        th "ทำรายการไม่ได้ในสถานะนี้" "ไม่สามารถทำรายการนี้ได้ในสถานะปัจจุบัน ดูรายการที่ทำได้ใน `allowedActions`";
    /// E-mail, national ID or phone belongs to an account already.
    AccountExists "account-exists" CONFLICT
        en "Account exists" "An account with these details exists already. Sign in instead."
        th "มีบัญชีอยู่แล้ว" "มีบัญชีที่ใช้ข้อมูลนี้อยู่แล้ว กรุณาเข้าสู่ระบบแทน";
    /// The owner has another farm of this name.
    FarmNameTaken "farm-name-taken" CONFLICT
        en "Farm name taken" "You already have a farm of this name. Choose another name."
        th "ชื่อฟาร์มซ้ำ" "คุณมีฟาร์มชื่อนี้อยู่แล้ว กรุณาใช้ชื่ออื่น";
    /// The farm is being reviewed, or was suspended or archived.
    FarmNotEditable "farm-not-editable" CONFLICT
        en "Farm cannot be changed now" "A farm can be changed while it is a draft, rejected or approved."
        th "แก้ไขฟาร์มไม่ได้ในขณะนี้" "แก้ไขฟาร์มได้เฉพาะเมื่อเป็นฉบับร่าง ถูกปฏิเสธ หรือได้รับอนุมัติแล้ว";
    /// The farm cannot be certified as it is.
    FarmNotEligible "farm-not-eligible" CONFLICT
        en "Farm not eligible" "Only an approved farm can apply for certification, for plots of its own."
        th "ฟาร์มยังยื่นคำขอไม่ได้" "เฉพาะฟาร์มที่ได้รับอนุมัติแล้วเท่านั้นที่ยื่นขอการรับรองได้ และต้องเป็นแปลงของฟาร์มนั้นเอง";
    /// An application or certificate still needs the farm.
    FarmHasLiveWork "farm-has-live-work" CONFLICT
        en "Farm is in use" "The farm has a running application or a certificate that still counts."
        th "ฟาร์มยังมีงานค้างอยู่" "ฟาร์มนี้ยังมีคำขอที่ดำเนินการอยู่หรือใบรับรองที่ยังมีผล";
    /// The farm has a running application for this standard.
    ApplicationExists "application-exists" CONFLICT
        en "Application exists" "The farm already has a running application for this standard."
        th "มีคำขออยู่แล้ว" "ฟาร์มนี้มีคำขอรับรองตามมาตรฐานนี้ที่กำลังดำเนินการอยู่แล้ว";
    /// Criteria are still without an answer.
    InspectionIncomplete "inspection-incomplete" CONFLICT
        en "Inspection incomplete" "Every applicable criterion needs an answer; `missing` lists those without."
        th "การตรวจประเมินยังไม่ครบถ้วน" "ทุกข้อกำหนดที่เกี่ยวข้องต้องมีผลการตรวจ ดูข้อที่ยังขาดได้ใน `missing`";
    /// The inspection's result does not allow a certificate.
    NotPassed "not-passed" CONFLICT
        en "Requirements not met" "The inspection's result does not allow a certificate; `reasons` says why."
        th "ไม่ผ่านเกณฑ์" "ผลการตรวจประเมินไม่เพียงพอต่อการออกใบรับรอง ดูเหตุผลได้ใน `reasons`";
    /// The inspector is busy at that time.
    InspectorBooked "inspector-booked" CONFLICT
        en "Inspector is booked" "The inspector has another inspection at that time. Choose another slot."
        th "ผู้ตรวจประเมินไม่ว่าง" "ผู้ตรวจประเมินมีนัดตรวจอื่นในช่วงเวลานั้น กรุณาเลือกช่วงเวลาอื่น";
    /// The payment reference stands for another payment.
    PaymentReferenceTaken "payment-reference-taken" CONFLICT
        en "Payment reference taken" "This payment reference was recorded for another payment."
        th "เลขอ้างอิงการชำระเงินซ้ำ" "เลขอ้างอิงการชำระเงินนี้ถูกบันทึกไว้กับรายการชำระเงินอื่นแล้ว";
    /// A request with this idempotency key is still running.
    IdempotencyInProgress "idempotency-in-progress" CONFLICT
        en "Still in progress" "A request with this idempotency key is still running. Try again in a moment."
        th "กำลังดำเนินการอยู่" "คำขอที่ใช้คีย์นี้ยังดำเนินการไม่เสร็จ กรุณาลองใหม่อีกครั้งในอีกสักครู่";
    /// The record was changed since the client read it.
    StaleVersion "stale-version" PRECONDITION_FAILED
        en "Changed in the meantime" "The record was changed since you read it. Read it again and repeat your change."
        th "ข้อมูลถูกเปลี่ยนไปแล้ว" "ข้อมูลถูกแก้ไขหลังจากที่คุณอ่านครั้งล่าสุด กรุณาอ่านใหม่แล้วแก้ไขอีกครั้ง";
    /// The body is too large.
    BodyTooLarge "body-too-large" PAYLOAD_TOO_LARGE
        en "Body too large" "The body of the request is larger than this address takes."
        th "เนื้อหาใหญ่เกินไป" "เนื้อหาของคำขอมีขนาดใหญ่เกินกว่าที่ที่อยู่นี้รองรับ";
    /// The body is not JSON.
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE
        en "Unsupported media type" "Send the body as `application/json` in UTF-8, without content encoding."
        th "ไม่รองรับชนิดข้อมูลนี้" "กรุณาส่งเนื้อหาเป็น `application/json` แบบ UTF-8 โดยไม่บีบอัด";
    /// Fields break rules.
    InvalidFields "invalid-fields" UNPROCESSABLE_ENTITY
        en "Invalid fields" "Some fields are not right; `errors` lists all of them."
        th "ข้อมูลบางช่องไม่ถูกต้อง" "ข้อมูลบางช่องไม่ถูกต้อง ดูรายการทั้งหมดได้ใน `errors`";
    /// Fields are not known here, and nothing else is wrong.
    UnknownField "unknown-field" UNPROCESSABLE_ENTITY
        en "Unknown fields" "Some fields are not known here; `errors` lists all of them."
        th "มีช่องข้อมูลที่ไม่รู้จัก" "มีช่องข้อมูลที่ระบบไม่รู้จัก ดูรายการทั้งหมดได้ใน `errors`";
    /// Keys appear twice, and nothing else is wrong.
    DuplicateKey "duplicate-key" UNPROCESSABLE_ENTITY
        en "Duplicate keys" "Some keys appear more than once in one object; `errors` lists all of them."
        th "มีคีย์ซ้ำ" "มีคีย์ที่ปรากฏมากกว่าหนึ่งครั้งในออบเจกต์เดียวกัน ดูรายการทั้งหมดได้ใน `errors`";
    /// The idempotency key was used for something else.
    IdempotencyKeyReused "idempotency-key-reused" UNPROCESSABLE_ENTITY
        en "Idempotency key reused" "This idempotency key was used for a request with another body. Use a new key."
        th "ใช้คีย์ซ้ำ" "คีย์นี้เคยใช้กับคำขอที่มีเนื้อหาอื่นแล้ว กรุณาใช้คีย์ใหม่";
    /// The client did not say which state it means to change.
    PreconditionRequired "precondition-required" PRECONDITION_REQUIRED
        en "If-Match required" "Say which version you mean to change: send its ETag in the If-Match header."
        th "ต้องระบุ If-Match" "กรุณาระบุเวอร์ชันที่ต้องการแก้ไข โดยส่งค่า ETag ในเฮดเดอร์ If-Match";
    /// Too many requests.
    RateLimited "rate-limited" TOO_MANY_REQUESTS
        en "Too many requests" "Wait as long as the Retry-After header says, then try again."
        th "ส่งคำขอถี่เกินไป" "กรุณารอตามเวลาที่ระบุในเฮดเดอร์ Retry-After แล้วลองใหม่อีกครั้ง";
    /// A bug.
    InternalError "internal-error" INTERNAL_SERVER_ERROR
        en "Internal error" "Something went wrong on our side. Tell us the request id if it happens again."
        th "เกิดข้อผิดพลาดภายในระบบ" "เกิดข้อผิดพลาดในระบบของเรา หากเกิดขึ้นอีกกรุณาแจ้งรหัสคำขอนี้";
    /// More work than can be done in time.
    TemporarilyOverloaded "temporarily-overloaded" SERVICE_UNAVAILABLE
        en "Overloaded" "There is more to do than can be done in time. Try again in a moment."
        th "ระบบมีภาระงานสูง" "ขณะนี้มีคำขอมากเกินกว่าที่ระบบจะรองรับได้ทันเวลา กรุณาลองใหม่อีกครั้งในอีกสักครู่";
    /// Something that the service needs is out.
    ServiceUnavailable "service-unavailable" SERVICE_UNAVAILABLE
        en "Unavailable" "The service cannot answer at the moment. Try again in a moment."
        th "ระบบไม่พร้อมให้บริการ" "ระบบไม่สามารถให้บริการได้ในขณะนี้ กรุณาลองใหม่อีกครั้งในอีกสักครู่";
    /// The store has no room left.
    StorageFull "storage-full" SERVICE_UNAVAILABLE
        en "Storage full" "Nothing can be saved at the moment; reading still works. Try again later."
        th "พื้นที่จัดเก็บเต็ม" "ขณะนี้ไม่สามารถบันทึกข้อมูลได้ แต่ยังอ่านข้อมูลได้ กรุณาลองใหม่ภายหลัง";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn is_thai(text: &str) -> bool {
        text.chars().any(|letter| ('\u{e00}'..='\u{e7f}').contains(&letter))
    }

    #[test]
    fn every_code_says_what_it_means_in_both_languages() {
        for code in Code::ALL {
            let (en, th) = (code.text(Language::English), code.text(Language::Thai));
            assert!(!en.title.is_empty() && en.title.is_ascii(), "{code:?}");
            assert!(en.detail.ends_with('.') && en.detail.is_ascii(), "{code:?}");
            assert!(is_thai(th.title) && is_thai(th.detail), "{code:?}");
        }
    }

    #[test]
    fn codes_are_distinct_kebab_case_names_of_errors() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();

        assert_eq!(names.len(), Code::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
        assert!(Code::ALL.iter().all(|code| code.status().as_u16() >= 400));
    }
}

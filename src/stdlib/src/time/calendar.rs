//! Dates: `struct_time`, and C's functions that make and take it.

use std::cell::Cell;
use std::ffi::{CStr, CString};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{
    PyResult, os_error, overflow_error, runtime_error, type_error, value_error,
};
use taipan_vm::object::Ref;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::module::Module;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::struct_sequence;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::text::buffer::TextBuf;
use taipan_vm::value::Value;

unsafe extern "C" {
    fn tzset();
}

const FIELDS: &[&str] = &[
    "tm_year",
    "tm_mon",
    "tm_mday",
    "tm_hour",
    "tm_min",
    "tm_sec",
    "tm_wday",
    "tm_yday",
    "tm_isdst",
    "tm_zone",
    "tm_gmtoff",
];
const VISIBLE: usize = 9;
const DOC: &str = "The time value as returned by gmtime(), localtime(), and strptime(), and
 accepted by asctime(), mktime() and strftime().  May be considered as a
 sequence of 9 integers.

 Note that several fields' values are not the same as those defined by
 the C language standard for struct tm.  For example, the value of the
 field tm_year is the actual year, not year - 1900.  See individual
 fields' descriptions for details.";

struct Kept(Cell<Option<&'static Type>>);

// SAFETY: touched only by the thread that holds the GIL.
unsafe impl Sync for Kept {}

static STRUCT_TIME: Kept = Kept(Cell::new(None));

/// The class `time.struct_time`, made when it is first asked for.
pub fn struct_time() -> PyResult<&'static Type> {
    if let Some(class) = STRUCT_TIME.0.get() {
        return Ok(class);
    }
    let class = struct_sequence::make_class("time", "struct_time", FIELDS, VISIBLE, DOC)?;
    // SAFETY: the reference is never given back, so the class lives as long as the process.
    let class = unsafe { &*std::mem::ManuallyDrop::new(class).as_ptr() };
    STRUCT_TIME.0.set(Some(class));
    Ok(class)
}

fn out_of_range() -> taipan_vm::exceptions::Raised {
    overflow_error("timestamp out of range for platform time_t")
}

/// Whole seconds since the Epoch; now if none are given.
pub fn seconds(value: Option<&Value>) -> PyResult<libc::time_t> {
    let Some(value) = value.filter(|value| !value.is_none()) else {
        // SAFETY: the pointer may be null.
        return Ok(unsafe { libc::time(std::ptr::null_mut()) });
    };
    if let Some(float) = value.as_float() {
        if float.is_nan() {
            return Err(value_error("Invalid value NaN (not a number)"));
        }
        let floor = float.floor();
        const LIMIT: f64 = 9_223_372_036_854_775_808.0;
        if !(-LIMIT..LIMIT).contains(&floor) {
            return Err(out_of_range());
        }
        return Ok(floor as libc::time_t);
    }
    let index = abstract_ops::index(value)?;
    let big = index.as_int().map(|int| int.to_big()).unwrap_or_default();
    libc::time_t::try_from(big).map_err(|_| out_of_range())
}

fn make(tm: &libc::tm) -> PyResult {
    let zone = match tm.tm_zone.is_null() {
        true => Value::none(),
        // SAFETY: names of zones end in zero, and the C library keeps them.
        false => Str::new(&unsafe { CStr::from_ptr(tm.tm_zone) }.to_string_lossy()).into_value(),
    };
    let int = |n: i64| Value::int(n);
    let values = vec![
        int(i64::from(tm.tm_year) + 1900),
        int(i64::from(tm.tm_mon) + 1),
        int(tm.tm_mday.into()),
        int(tm.tm_hour.into()),
        int(tm.tm_min.into()),
        int(tm.tm_sec.into()),
        int((i64::from(tm.tm_wday) + 6) % 7),
        int(i64::from(tm.tm_yday) + 1),
        int(tm.tm_isdst.into()),
        zone,
        int(tm.tm_gmtoff),
    ];
    Ok(struct_sequence::make(
        struct_time()?,
        values,
        VISIBLE,
        FIELDS,
    ))
}

type Convert = unsafe extern "C" fn(*const libc::time_t, *mut libc::tm) -> *mut libc::tm;

fn convert(seconds: libc::time_t, function: Convert) -> PyResult<libc::tm> {
    // SAFETY: the call fills the struct, or says that it did not.
    unsafe {
        let mut tm = std::mem::zeroed();
        if function(&seconds, &mut tm).is_null() {
            return Err(os_error(libc::EOVERFLOW, None));
        }
        Ok(tm)
    }
}

pub fn utc(seconds: libc::time_t) -> PyResult {
    make(&convert(seconds, libc::gmtime_r)?)
}

pub fn local(seconds: libc::time_t) -> PyResult {
    make(&convert(seconds, libc::localtime_r)?)
}

/// C's struct, and the zone's name that it points to.
struct Broken {
    tm: libc::tm,
    _zone: Option<CString>,
}

fn c_int(value: &Value) -> PyResult<i32> {
    i32::try_from(abstract_ops::to_i64(value)?)
        .map_err(|_| overflow_error("signed integer is greater than maximum"))
}

/// The struct of a tuple.
fn broken(value: &Value, function: &str) -> PyResult<Broken> {
    let Some(tuple) = value.downcast::<Tuple>() else {
        return Err(type_error("Tuple or struct_time argument required"));
    };
    let [year, mon, mday, hour, min, sec, wday, yday, isdst] = tuple.as_slice() else {
        return Err(type_error(format!(
            "{function}(): illegal time tuple argument"
        )));
    };
    // SAFETY: all zero is valid.
    let mut tm: libc::tm = unsafe { std::mem::zeroed() };
    let year = c_int(year)?;
    tm.tm_year = year
        .checked_sub(1900)
        .ok_or_else(|| overflow_error("year out of range"))?;
    tm.tm_mon = c_int(mon)?.wrapping_sub(1);
    tm.tm_mday = c_int(mday)?;
    tm.tm_hour = c_int(hour)?;
    tm.tm_min = c_int(min)?;
    tm.tm_sec = c_int(sec)?;
    let wday = c_int(wday)?;
    // Monday is 0 for Python, 1 for C; -1 stays out of range.
    tm.tm_wday = wday.wrapping_add(1) % 7;
    tm.tm_yday = c_int(yday)?.wrapping_sub(1);
    tm.tm_isdst = c_int(isdst)?;
    let mut zone = None;
    if std::ptr::eq(value.class(), struct_time()?) {
        let field = |name| abstract_ops::getattr_opt(value, &Str::intern(name));
        if let Some(offset) = field("tm_gmtoff")?.filter(|offset| !offset.is_none()) {
            tm.tm_gmtoff = abstract_ops::to_i64(&offset)?;
        }
        let name = field("tm_zone")?;
        if let Some(name) = name.as_ref().and_then(|name| name.downcast::<Str>()) {
            zone = CString::new(name.to_rust().into_owned()).ok();
            tm.tm_zone = zone.as_ref().map_or(std::ptr::null(), |zone| zone.as_ptr());
        }
    }
    Ok(Broken { tm, _zone: zone })
}

/// What C's functions would read out of their tables for; zeros mean the first month or day.
fn check(tm: &mut libc::tm) -> PyResult<()> {
    if tm.tm_mon == -1 {
        tm.tm_mon = 0;
    }
    if tm.tm_mday == 0 {
        tm.tm_mday = 1;
    }
    if tm.tm_yday == -1 {
        tm.tm_yday = 0;
    }
    for (valid, what) in [
        ((0..=11).contains(&tm.tm_mon), "month"),
        ((1..=31).contains(&tm.tm_mday), "day of month"),
        ((0..=23).contains(&tm.tm_hour), "hour"),
        ((0..=59).contains(&tm.tm_min), "minute"),
        ((0..=61).contains(&tm.tm_sec), "seconds"),
        (tm.tm_wday >= 0, "day of week"),
        ((0..=365).contains(&tm.tm_yday), "day of year"),
    ] {
        if !valid {
            return Err(value_error(format!("{what} out of range")));
        }
    }
    Ok(())
}

/// A checked struct; of now if no tuple is given.
fn checked(tuple: Option<&Value>, function: &str) -> PyResult<Broken> {
    let Some(tuple) = tuple else {
        let tm = convert(seconds(None)?, libc::localtime_r)?;
        return Ok(Broken { tm, _zone: None });
    };
    let mut broken = broken(tuple, function)?;
    check(&mut broken.tm)?;
    Ok(broken)
}

pub fn asctime(tuple: Option<&Value>) -> PyResult<String> {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let Broken { tm, .. } = checked(tuple, "asctime")?;
    Ok(format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        DAYS[tm.tm_wday as usize],
        MONTHS[tm.tm_mon as usize],
        tm.tm_mday,
        tm.tm_hour,
        tm.tm_min,
        tm.tm_sec,
        i64::from(tm.tm_year) + 1900
    ))
}

pub fn mktime(value: &Value) -> PyResult<f64> {
    let mut broken = broken(value, "mktime")?;
    // The week day is left as it is by a failure.
    broken.tm.tm_wday = -1;
    // SAFETY: the struct is valid.
    let seconds = unsafe { libc::mktime(&mut broken.tm) };
    if seconds == -1 && broken.tm.tm_wday == -1 {
        return Err(overflow_error("mktime argument out of range"));
    }
    Ok(seconds as f64)
}

/// C formats ASCII, without zeros.
fn format_piece(piece: &str, tm: &libc::tm) -> PyResult<Vec<u8>> {
    // A space in front tells an empty result from a buffer that is too small.
    let format = CString::new(format!(" {piece}")).map_err(|_| value_error("embedded null"))?;
    let mut buffer = vec![0u8; 1024];
    loop {
        // SAFETY: the buffer is as long as said, the format ends in zero.
        let length = unsafe {
            libc::strftime(
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                format.as_ptr(),
                tm,
            )
        };
        if length > 0 {
            buffer.truncate(length);
            return Ok(buffer.split_off(1));
        }
        if buffer.len() > 256 * (piece.len() + 4) {
            return Err(runtime_error("strftime: the result is too long"));
        }
        buffer.resize(buffer.len() * 2, 0);
    }
}

pub fn strftime(format: &Str, tuple: Option<&Value>) -> PyResult {
    let Broken { tm, _zone } = checked(tuple, "strftime")?;
    let mut out = TextBuf::with_capacity(format.len());
    let mut piece = String::new();
    let flush = |piece: &mut String, out: &mut TextBuf| -> PyResult<()> {
        for byte in format_piece(piece, &tm)? {
            out.push(byte.into());
        }
        piece.clear();
        Ok(())
    };
    for point in format.code_points() {
        match point {
            1..0x80 => piece.push(point as u8 as char),
            _ => {
                flush(&mut piece, &mut out)?;
                out.push(point);
            }
        }
    }
    flush(&mut piece, &mut out)?;
    Ok(Str::from_units(out.units()).into_value())
}

/// Sets `timezone`, `altzone`, `daylight` and `tzname`: what the zone says of a January and of a July.
pub fn add_zone(module: &Module) -> PyResult<()> {
    const YEAR: i64 = 31_556_952;
    // SAFETY: reads the environment, which is changed under the GIL only.
    unsafe { tzset() };
    let this_year = seconds(None)? / YEAR * YEAR;
    let at = |time: i64| -> PyResult<(i64, Ref<Str>)> {
        let tm = convert(time, libc::localtime_r)?;
        // SAFETY: the C library keeps names of zones.
        let name = unsafe { CStr::from_ptr(tm.tm_zone) }.to_string_lossy();
        Ok((-tm.tm_gmtoff, Str::new(&name)))
    };
    let (january, january_name) = at(this_year)?;
    let (july, july_name) = at(this_year + YEAR / 2)?;
    // In the south January is in summer.
    let (standard, summer, names) = match january < july {
        true => (july, january, [july_name, january_name]),
        false => (january, july, [january_name, july_name]),
    };
    module.add("timezone", Value::int(standard));
    module.add("altzone", Value::int(summer));
    module.add("daylight", Value::int(i64::from(january != july)));
    module.add(
        "tzname",
        Tuple::new(names.map(Ref::into_value)).into_value(),
    );
    Ok(())
}

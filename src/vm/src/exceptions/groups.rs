//! `BaseExceptionGroup` and `ExceptionGroup`: making, splitting, texts.

use super::attributes::{copy_link, field, keep, no_keywords, notes_of, own, set_notes};
use super::init::{positional, set_args};
use super::{
    BASE_EXCEPTION, BASE_EXCEPTION_GROUP, BaseException, EXCEPTION, EXCEPTION_GROUP, PyResult,
    type_error, value_error,
};
use crate::abstract_ops;
use crate::memory::allocate_instance;
use crate::native::NativeClass;
use crate::object::object_value;
use crate::objects::class::{Type, TypeFlags};
use crate::objects::list::List;
use crate::objects::str::{Name, Str};
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::pymethods;

static DERIVE: Name = Name::new("derive");
static SPLIT: Name = Name::new("split");

pub(super) fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    let plain = positional(args, kwnames);
    let [message, exceptions] = plain else {
        return Err(type_error(format!(
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
            plain.len()
        )));
    };
    if message.downcast::<Str>().is_none() {
        return Err(type_error(format!(
            "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
            message.class().name()
        )));
    }
    let slots = exceptions.class().slots();
    let is_sequence = slots.getitem.is_some() && !exceptions.class().has(TypeFlags::IS_DICT);
    if !is_sequence {
        return Err(type_error(
            "second argument (exceptions) must be a sequence",
        ));
    }
    let all = abstract_ops::to_vec(exceptions)?;
    if all.is_empty() {
        return Err(value_error(
            "second argument (exceptions) must be a non-empty sequence",
        ));
    }
    let mut only_exceptions = true;
    for (index, item) in all.iter().enumerate() {
        if item.downcast::<BaseException>().is_none() {
            return Err(value_error(format!(
                "Item {index} of second argument (exceptions) is not an exception"
            )));
        }
        only_exceptions &= item.is_instance(EXCEPTION.get());
    }
    let mut class = class;
    if std::ptr::eq(class, BASE_EXCEPTION_GROUP.get()) {
        if only_exceptions {
            class = EXCEPTION_GROUP.get();
        }
    } else if std::ptr::eq(class, EXCEPTION_GROUP.get()) {
        if !only_exceptions {
            return Err(type_error(
                "Cannot nest BaseExceptions in an ExceptionGroup",
            ));
        }
    } else if class.is_subclass(EXCEPTION.get()) && !only_exceptions {
        return Err(type_error(format!(
            "Cannot nest BaseExceptions in '{}'",
            class.name()
        )));
    }
    let group =
        allocate_instance(class, BaseException::native(Tuple::from_slice(plain))).into_value();
    // What is shown of any other sequence is how it looks now.
    if !exceptions.is_exact(List::class()) && !exceptions.is_exact(Tuple::class()) {
        let shown = abstract_ops::repr(exceptions)?;
        keep(&group, "shown", Some(shown.as_value()));
    }
    keep(&group, "message", Some(message));
    keep(&group, "exceptions", Some(Tuple::new(all).as_value()));
    Ok(group)
}

pub(super) fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
    no_keywords(this, kwnames)?;
    set_args(this, args);
    Ok(())
}

pub(super) fn str(this: &Value) -> PyResult {
    let message = field(this, "message").unwrap_or_else(Value::none);
    let count = members(this).len();
    let s = if count == 1 { "" } else { "s" };
    let text = format!(
        "{} ({count} sub-exception{s})",
        abstract_ops::str(&message)?
    );
    Ok(Str::new(&text).into_value())
}

pub(super) fn repr(this: &Value) -> PyResult {
    let shown = match field(this, "shown") {
        Some(shown) => abstract_ops::str(&shown)?,
        None => {
            let all = members(this);
            let args = own(this).args.get();
            match args.as_slice() {
                [_, given] if given.is_exact(List::class()) => {
                    abstract_ops::repr(List::make(all).as_value())?
                }
                _ => abstract_ops::repr(Tuple::new(all).as_value())?,
            }
        }
    };
    let message = field(this, "message").unwrap_or_else(Value::none);
    let text = format!(
        "{}({}, {shown})",
        this.class().name(),
        abstract_ops::repr(&message)?
    );
    Ok(Str::new(&text).into_value())
}

fn is_group(value: &Value) -> bool {
    value.is_instance(BASE_EXCEPTION_GROUP.get())
}

fn members(group: &Value) -> Vec<Value> {
    field(group, "exceptions")
        .and_then(|all| all.downcast::<Tuple>().map(|all| all.as_slice().to_vec()))
        .unwrap_or_default()
}

/// How `split` and `subgroup` choose.
enum Matcher<'a> {
    Classes(&'a Value),
    Function(&'a Value),
    /// These very exceptions.
    Leaves(Vec<Value>),
}

fn is_exception_class(value: &Value) -> bool {
    value
        .downcast::<Type>()
        .is_some_and(|class| class.is_subclass(BASE_EXCEPTION.get()))
}

impl<'a> Matcher<'a> {
    fn new(value: &'a Value) -> PyResult<Matcher<'a>> {
        let is_classes = is_exception_class(value)
            || value
                .downcast::<Tuple>()
                .is_some_and(|classes| classes.as_slice().iter().all(is_exception_class));
        if is_classes {
            return Ok(Matcher::Classes(value));
        }
        if value.downcast::<Type>().is_none() && abstract_ops::is_callable(value) {
            return Ok(Matcher::Function(value));
        }
        Err(type_error(
            "expected an exception type, a tuple of exception types, or a callable (other than a class)",
        ))
    }
    fn matches(&self, exception: &Value) -> PyResult<bool> {
        match self {
            Matcher::Classes(classes) => match classes.downcast::<Tuple>() {
                Some(classes) => Ok(classes.as_slice().iter().any(|class| {
                    class
                        .downcast::<Type>()
                        .is_some_and(|class| exception.is_instance(class))
                })),
                None => Ok(classes
                    .downcast::<Type>()
                    .is_some_and(|class| exception.is_instance(class))),
            },
            Matcher::Leaves(leaves) => Ok(leaves.iter().any(|leaf| leaf.is(exception))),
            Matcher::Function(function) => abstract_ops::is_true(&abstract_ops::call(
                function,
                std::slice::from_ref(exception),
            )?),
        }
    }
}

/// A group like `group` of some of its members; none make no group.
fn part(group: &Value, exceptions: Vec<Value>) -> PyResult<Option<Value>> {
    if exceptions.is_empty() {
        return Ok(None);
    }
    let derived =
        abstract_ops::call_method(group, &DERIVE, &[List::make(exceptions).into_value()])?;
    if !is_group(&derived) {
        return Err(type_error(
            "derive must return an instance of BaseExceptionGroup",
        ));
    }
    let (from, to) = (own(group), own(&derived));
    copy_link(&from.traceback, &to.traceback);
    copy_link(&from.context, &to.context);
    copy_link(&from.cause, &to.cause);
    to.suppress_context.set(from.suppress_context.get());
    if let Some(notes) = notes_of(group)?
        && notes.class().slots().getitem.is_some()
    {
        // The parts do not share their notes.
        set_notes(
            &derived,
            &List::make(abstract_ops::to_vec(&notes)?).into_value(),
        )?;
    }
    Ok(Some(derived))
}

/// Matching and other leaves, in groups as they were.
fn split(
    exception: &Value,
    matcher: &Matcher,
    want_rest: bool,
) -> PyResult<(Option<Value>, Option<Value>)> {
    if matcher.matches(exception)? {
        return Ok((Some(exception.clone()), None));
    }
    if !is_group(exception) {
        return Ok((None, Some(exception.clone())));
    }
    let _guard = abstract_ops::enter_native(" in exceptiongroup_split_recursive")?;
    let (mut matching, mut rest) = (Vec::new(), Vec::new());
    for member in members(exception) {
        let (yes, no) = split(&member, matcher, want_rest)?;
        matching.extend(yes);
        rest.extend(no);
    }
    let rest = if want_rest {
        part(exception, rest)?
    } else {
        None
    };
    Ok((part(exception, matching)?, rest))
}

/// `except*`: the part of an exception that matches, and what is left.
pub fn split_by_classes(
    exception: &Value,
    classes: &Value,
) -> PyResult<(Option<Value>, Option<Value>)> {
    let matcher = Matcher::new(classes)?;
    if !is_group(exception) || matcher.matches(exception)? {
        return split(exception, &matcher, true);
    }
    let parts = abstract_ops::call_method(exception, &SPLIT, std::slice::from_ref(classes))?;
    let class = exception.class().name();
    let Some(parts) = parts.downcast_exact::<Tuple>() else {
        return Err(type_error(format!(
            "{class}.split must return a tuple, not {}",
            parts.class().name()
        )));
    };
    let [matching, rest, ..] = parts.as_slice() else {
        return Err(type_error(format!(
            "{class}.split must return a 2-tuple, got tuple of size {}",
            parts.len()
        )));
    };
    let given = |part: &Value| Some(part.clone()).filter(|part| !part.is_none());
    Ok((given(matching), given(rest)))
}

#[pymethods(items = GROUP_METHODS)]
impl BaseException {
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn group_of(cls: &Value, object: &Value) -> PyResult {
        crate::objects::generic_alias::new_alias(cls, object)
    }
    #[pymethod("derive($self, excs, /)")]
    fn derive(this: &Value, excs: &Value) -> PyResult {
        let message = field(this, "message").unwrap_or_else(Value::none);
        abstract_ops::call(
            &object_value(BASE_EXCEPTION_GROUP.get()),
            &[message, excs.clone()],
        )
    }
    #[pymethod("split($self, matcher_value, /)")]
    fn split_group(this: &Value, matcher_value: &Value) -> PyResult {
        let (matching, rest) = split(this, &Matcher::new(matcher_value)?, true)?;
        let none = Value::none;
        Ok(Tuple::new([matching.unwrap_or_else(none), rest.unwrap_or_else(none)]).into_value())
    }
    #[pymethod("subgroup($self, matcher_value, /)")]
    fn subgroup(this: &Value, matcher_value: &Value) -> PyResult {
        let (matching, _) = split(this, &Matcher::new(matcher_value)?, false)?;
        Ok(matching.unwrap_or_else(Value::none))
    }
}

/// `ExceptionGroup` has two bases, which no other class in Rust has.
pub(super) fn complete() {
    let (group, base, exception) = (
        EXCEPTION_GROUP.get(),
        BASE_EXCEPTION_GROUP.get(),
        EXCEPTION.get(),
    );
    let mut mro = vec![object_value(group), object_value(base)];
    mro.extend(exception.mro().as_slice().iter().cloned());
    // SAFETY: start-up, nobody looks at the class yet.
    unsafe {
        *group.mro.get() = Tuple::new(mro);
        *group.bases.get() = Tuple::new([object_value(base), object_value(exception)]);
        (*exception.subclasses.get()).push(group);
    }
    group.modified();
}

/// What remains to be raised after the handlers of `except*`: `raised` holds what they raised or left,
/// `original` is the exception that was handled.
pub fn prepare_reraise_star(original: &Value, raised: &Value) -> PyResult {
    let list = raised
        .downcast::<crate::objects::list::List>()
        .ok_or_else(|| crate::exceptions::system_error("except* collects in a list"))?;
    let items: Vec<Value> = list.to_vec().into_iter().filter(|v| !v.is_none()).collect();
    if items.is_empty() {
        return Ok(Value::none());
    }
    if !is_group(original) {
        // A plain exception was wrapped: at most one handler ran.
        return Ok(items.into_iter().next().expect("not empty"));
    }
    // Parts of the original that were raised again come back together in its shape; what is new stays
    // beside it.
    let mut again = Vec::new();
    let mut new = Vec::new();
    for item in items {
        if same_origin(&item, original) {
            again.push(item)
        } else {
            new.push(item)
        }
    }
    let rest = match again.is_empty() {
        true => None,
        false => project(original, &again)?,
    };
    if new.is_empty() {
        return Ok(rest.unwrap_or_else(Value::none));
    }
    if let Some(rest) = rest {
        new.push(rest);
    }
    if let [one] = new.as_slice() {
        return Ok(one.clone());
    }
    crate::abstract_ops::call(
        &crate::object::object_value(crate::exceptions::EXCEPTION_GROUP.get()),
        &[
            Str::new("").into_value(),
            crate::objects::list::List::make(new).into_value(),
        ],
    )
}

/// Are these parts of one group, split by `except*` (which copies context, cause and traceback)?
fn same_origin(a: &Value, b: &Value) -> bool {
    if a.is(b) {
        return true;
    }
    let (Some(x), Some(y)) = (a.downcast::<BaseException>(), b.downcast::<BaseException>()) else {
        return false;
    };
    let same = |p: Option<Value>, q: Option<Value>| match (p, q) {
        (Some(p), Some(q)) => p.is(&q),
        (None, None) => true,
        _ => false,
    };
    is_group(a)
        && same(x.traceback.get(), y.traceback.get())
        && same(x.context.get(), y.context.get())
        && same(x.cause.get(), y.cause.get())
}

/// The part of `group` whose leaves are leaves of `parts`.
fn project(group: &Value, parts: &[Value]) -> PyResult<Option<Value>> {
    let mut leaves = Vec::new();
    for part in parts {
        collect_leaves(part, &mut leaves);
    }
    split(group, &Matcher::Leaves(leaves), false).map(|(matched, _)| matched)
}

fn collect_leaves(value: &Value, out: &mut Vec<Value>) {
    if is_group(value) {
        for member in members(value) {
            collect_leaves(&member, out);
        }
    } else {
        out.push(value.clone());
    }
}

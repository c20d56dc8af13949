//! The native entry of a function: argument checks, conversions, the call.
//!
//! Three shapes of wrapper, by what the signature allows:
//! * a fixed number of positional arguments: one compare of `nargs`, one of `kwnames`;
//! * positional arguments with defaults: two compares, and each argument is there or not;
//! * keywords: the same two compares when none is given, else the runtime's `bind::keywords`.
//!
//! Whatever these compares reject goes to a cold function that raises the error in CPython's words.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, GenericArgument, Ident, ItemFn, Pat, PathArguments, Type};

use crate::attributes::FunctionOptions;
use crate::docs::docstring;
use crate::signature::{Default, Kind, Parameter, Signature};
use crate::unboxed;

/// What the first argument is, and how the Rust function takes it.
pub enum Receiver {
    None,
    /// `&self`
    SelfRef,
    /// `this: &Value`, or `cls: &Value`
    Value,
    /// `cls: &Type`: the referenced type
    Typed(Box<Type>),
}

/// The Rust type of the wrapper.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `NativeFn`
    Native,
    /// The slots `new`, `init` and `call`.
    New,
    Init,
    Call,
}

/// One native function about to be generated.
pub struct Entry<'a> {
    pub signature: &'a Signature,
    pub function: &'a syn::Signature,
    pub receiver: Receiver,
    /// The path to call: `sqrt` or `Self::append`.
    pub target: TokenStream,
    /// A `&'static str` expression: the class or module that error messages name.
    pub owner: TokenStream,
    pub shape: Shape,
    /// The name of the generated wrapper.
    pub wrapper: Ident,
}

/// The name under which `#[pyfunction] fn NAME` leaves its `MethodDef` for `#[pymodule]`.
pub fn definition_name(function: &Ident) -> Ident {
    format_ident!("__METHOD_{}", bare(function))
}

/// The identifier without `r#`.
pub fn bare(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

pub fn expand_function(
    options: FunctionOptions,
    item: ItemFn,
    owner: &str,
) -> syn::Result<TokenStream> {
    let signature = parse_signature(&options, &item.sig.ident)?;
    let wrapper = format_ident!("__call_{}", bare(&item.sig.ident));
    let name = &item.sig.ident;
    let entry = Entry {
        signature: &signature,
        function: &item.sig,
        receiver: Receiver::None,
        target: quote!(#name),
        owner: quote!(#owner),
        shape: Shape::Native,
        wrapper,
    };
    let call = if options.raw {
        raw_wrapper(&entry)?
    } else {
        wrapper_function(&entry)?
    };
    let (unboxed_function, unboxed) = unboxed::entry(&entry, &options)?;
    let definition = method_def(
        &entry,
        &quote!(Function),
        &docstring(&item.attrs),
        options.raw,
        None,
        &unboxed,
    );
    let constant = definition_name(name);
    let visibility = &item.vis;
    Ok(quote! {
        #item
        #call
        #unboxed_function
        #[doc(hidden)]
        #[allow(non_upper_case_globals)]
        #visibility const #constant: ::taipan_vm::native::MethodDef = #definition;
    })
}

pub fn parse_signature(options: &FunctionOptions, function: &Ident) -> syn::Result<Signature> {
    let Some(text) = &options.signature else {
        return Err(syn::Error::new(
            function.span(),
            "a Python signature is needed, such as \"sqrt($module, x, /)\"",
        ));
    };
    let signature =
        Signature::parse(&text.value()).map_err(|message| syn::Error::new(text.span(), message))?;
    // A raw function binds for itself: what it says of its parameters is only shown.
    if !options.raw && signature.text.is_empty() {
        let message = "parameters are missing: \"name(...)\"";
        return Err(syn::Error::new(text.span(), message));
    }
    Ok(signature)
}

/// The expression of the `MethodDef`; `path` precedes the wrapper's name (`Self::`).
pub fn method_def(
    entry: &Entry,
    kind: &TokenStream,
    doc: &str,
    raw: bool,
    path: Option<TokenStream>,
    unboxed: &TokenStream,
) -> TokenStream {
    let Entry {
        signature, wrapper, ..
    } = entry;
    let (name, text) = (&signature.name, &signature.text);
    let (min, max, keywords) = if raw {
        (0, u16::MAX, true)
    } else {
        let varargs = signature.has(Kind::VarPositional);
        let max = if varargs {
            u16::MAX
        } else {
            signature.positional().count() as u16
        };
        (
            signature.required_positional() as u16,
            max,
            signature.takes_keywords(),
        )
    };
    quote! {
        ::taipan_vm::native::MethodDef {
            name: #name,
            kind: ::taipan_vm::native::MethodKind::#kind,
            call: #path #wrapper,
            doc: #doc,
            signature: #text,
            arity: ::taipan_vm::native::Arity { min: #min, max: #max, keywords: #keywords },
            unboxed: #unboxed,
        }
    }
}

/// The wrapper's signature, and the statements that bring every shape to `args: *const Value, nargs,
/// kwnames` and `receiver` if there is one.
fn wrapper_head(wrapper: &Ident, shape: Shape, has_receiver: bool) -> (TokenStream, TokenStream) {
    let kwnames = quote!(kwnames: ::core::option::Option<&::taipan_vm::objects::tuple::Tuple>);
    let value = quote!(::taipan_vm::value::Value);
    let attributes = quote! {
        #[doc(hidden)]
        #[allow(improper_ctypes_definitions, non_snake_case, unused_variables, unused_unsafe, clippy::all)]
    };
    let result = quote!(::taipan_vm::exceptions::PyResult);
    if shape == Shape::Native {
        let head = quote! {
            #attributes
            pub(crate) extern "C" fn #wrapper(args: *const #value, nargs: usize, #kwnames) -> #result
        };
        let prelude = has_receiver.then(|| {
            quote! {
                // SAFETY: by the contract of `NativeFn` args[0] is the receiver, of the right class.
                let receiver = unsafe { &*args };
                let (args, nargs) = (unsafe { args.add(1) }, nargs - 1);
            }
        });
        return (head, prelude.unwrap_or_default());
    }
    let receiver = match shape {
        Shape::New => quote!(&::taipan_vm::objects::class::Type),
        _ => quote!(&#value),
    };
    let result = if shape == Shape::Init {
        quote!(#result<()>)
    } else {
        result
    };
    let head = quote! {
        #attributes
        pub(crate) fn #wrapper(receiver: #receiver, args: &[#value], #kwnames) -> #result
    };
    let prelude = quote! {
        let nargs = args.len() - kwnames.map_or(0, |names| names.len());
        let args = args.as_ptr();
    };
    (head, prelude)
}

/// The wrapper of a `raw` function; a method may take its receiver apart or as the first argument.
pub fn raw_wrapper(entry: &Entry) -> syn::Result<TokenStream> {
    let Entry {
        function,
        target,
        wrapper,
        ..
    } = entry;
    let receiver = receiver_argument(&entry.receiver, Shape::Native);
    let expected = 2 + usize::from(receiver.is_some());
    if function.inputs.len() != expected {
        return Err(syn::Error::new(
            function.inputs.span(),
            "a raw function takes `args: &[Value], kwnames: Option<&Tuple>`, after the receiver if there is one",
        ));
    }
    let (head, prelude) = wrapper_head(wrapper, Shape::Native, receiver.is_some());
    let receiver = receiver.into_iter();
    Ok(quote! {
        #head {
            #prelude
            let count = nargs + kwnames.map_or(0, |names| names.len());
            // SAFETY: by the contract of `NativeFn` that many values lie at `args` during the call.
            let args = unsafe { ::taipan_vm::native::bind::arguments(args, count) };
            ::taipan_vm::native::IntoResult::into_result(#target(#(#receiver,)* args, kwnames))
        }
    })
}

/// The Rust parameters after the receiver, one for each Python parameter.
pub fn value_parameters<'a>(entry: &'a Entry) -> syn::Result<Vec<(&'a Parameter, &'a Type)>> {
    let skip = usize::from(!matches!(entry.receiver, Receiver::None));
    let inputs: Vec<&FnArg> = entry.function.inputs.iter().skip(skip).collect();
    let parameters = &entry.signature.parameters;
    if inputs.len() != parameters.len() {
        let span = match inputs.len() {
            0 => entry.function.ident.span(),
            _ => entry.function.inputs.span(),
        };
        return Err(syn::Error::new(
            span,
            format!(
                "the Python signature has {} parameters, the Rust function {}",
                parameters.len(),
                inputs.len()
            ),
        ));
    }
    let mut pairs = Vec::new();
    for (input, parameter) in inputs.into_iter().zip(parameters) {
        match input {
            FnArg::Typed(typed) => pairs.push((parameter, &*typed.ty)),
            FnArg::Receiver(receiver) => {
                return Err(syn::Error::new(receiver.span(), "`self` must come first"));
            }
        }
    }
    Ok(pairs)
}

/// How the receiver is handed on.
fn receiver_argument(receiver: &Receiver, shape: Shape) -> Option<TokenStream> {
    match receiver {
        Receiver::None => None,
        Receiver::SelfRef => Some(quote!(unsafe { receiver.downcast_unchecked::<Self>() })),
        Receiver::Typed(_) if shape == Shape::New => Some(quote!(receiver)),
        Receiver::Value => Some(quote!(receiver)),
        Receiver::Typed(ty) => Some(quote!(unsafe { receiver.downcast_unchecked::<#ty>() })),
    }
}

pub fn wrapper_function(entry: &Entry) -> syn::Result<TokenStream> {
    let Entry {
        signature,
        target,
        owner,
        wrapper,
        ..
    } = entry;
    let pairs = value_parameters(entry)?;
    let receiver = receiver_argument(&entry.receiver, entry.shape);
    let (head, prelude) = wrapper_head(wrapper, entry.shape, receiver.is_some());

    let positional = signature.positional().count();
    let required = signature.required_positional();
    let named = pairs
        .iter()
        .filter(|(parameter, _)| is_named(parameter))
        .count();
    let varargs = signature.has(Kind::VarPositional);
    let keywords = signature.takes_keywords();
    let keyword_required = signature
        .parameters
        .iter()
        .any(|it| it.kind == Kind::KeywordOnly && it.default.is_none());

    let fixed = !keywords && !varargs && positional == required;
    let parameters = pairs
        .iter()
        .filter(|(parameter, _)| is_named(parameter))
        .map(|(parameter, _)| {
            let name = &parameter.name;
            let required = parameter.default.is_none();
            quote!(::taipan_vm::native::bind::Parameter { name: #name, required: #required })
        });
    let name = &signature.name;
    let positional_only = signature.count(Kind::PositionalOnly);
    let var_keywords = signature.has(Kind::VarKeyword);
    let constructor = matches!(entry.shape, Shape::New | Shape::Init);
    // An inline constant, because it may name `Self`; only slow paths mention it.
    let description = quote! {
        const {
            &::taipan_vm::native::bind::Function {
                name: #name,
                owner: #owner,
                parameters: &[#(#parameters),*],
                positional_only: #positional_only,
                positional: #positional,
                varargs: #varargs,
                var_keywords: #var_keywords,
                keywords: #keywords,
                constructor: #constructor,
            }
        }
    };
    let check_positional = match entry.shape {
        Shape::New => {
            quote!(::taipan_vm::native::bind::check_new::<Self>(#description, receiver, nargs, kwnames)?)
        }
        Shape::Init => {
            quote!(::taipan_vm::native::bind::check_init::<Self>(#description, receiver, nargs, kwnames)?)
        }
        _ => quote!(::taipan_vm::native::bind::check_positional(#description, nargs, kwnames)?),
    };
    // Which number of positional arguments needs no slow path.
    let in_range = match (required, varargs) {
        (0, true) => quote!(true),
        (_, true) => quote!(nargs >= #required),
        (0, false) => quote!(nargs <= #positional),
        (_, false) if required == positional => quote!(nargs == #positional),
        _ => quote!(nargs >= #required && nargs <= #positional),
    };
    let direct = quote! {
        // SAFETY: by the contract of `NativeFn` nargs values lie at `args` during the call.
        unsafe { ::taipan_vm::native::bind::positional::<#named, #positional>(args, nargs) }
    };
    let rest = varargs.then(|| {
        quote! {
            // SAFETY: as above.
            let rest = unsafe { ::taipan_vm::native::bind::rest(args, nargs, #positional) };
        }
    });
    let bind = if fixed {
        quote! {
            if nargs != #positional || kwnames.is_some() {
                #check_positional;
            }
        }
    } else if !keywords {
        quote! {
            if kwnames.is_some() || !(#in_range) {
                #check_positional;
            }
            let bound = #direct;
            #rest
        }
    } else {
        // Without keyword arguments the positional ones only need counting, unless a keyword-only
        // parameter has no default.
        let fast = if keyword_required {
            quote!(false)
        } else {
            quote!(kwnames.is_none() && (#in_range))
        };
        let keyword_arguments = var_keywords.then(|| {
            quote! {
                // SAFETY: as above; the keyword values follow the positional ones.
                let keyword_arguments =
                    unsafe { ::taipan_vm::native::bind::var_keywords(#description, args, nargs, kwnames) };
            }
        });
        quote! {
            let bound = if #fast {
                #direct
            } else {
                // SAFETY: as above.
                unsafe { ::taipan_vm::native::bind::keywords::<#named>(#description, args, nargs, kwnames)? }
            };
            #rest
            #keyword_arguments
        }
    };

    let mut conversions = Vec::new();
    let mut values = Vec::new();
    let mut index = 0usize;
    for (position, (parameter, ty)) in pairs.iter().enumerate() {
        let value = format_ident!("value{position}");
        let conversion = match parameter.kind {
            Kind::VarPositional => quote!(rest),
            Kind::VarKeyword => quote!(keyword_arguments),
            _ => {
                let given = if fixed {
                    // SAFETY comment is in the generated block above: the count was checked.
                    quote!(unsafe { &*args.add(#index) })
                } else {
                    quote!(bound[#index])
                };
                index += 1;
                convert(entry, parameter, ty, index, &given, fixed, named)?
            }
        };
        conversions.push(quote!(let #value = #conversion;));
        values.push(value);
    }

    let receiver = receiver.into_iter();
    let call = quote!(#target(#(#receiver,)* #(#values),*));
    let call = match entry.shape {
        Shape::Init => call,
        _ => quote!(::taipan_vm::native::IntoResult::into_result(#call)),
    };
    Ok(quote! {
        #head {
            #prelude
            #bind
            #(#conversions)*
            #call
        }
    })
}

fn is_named(parameter: &Parameter) -> bool {
    !matches!(parameter.kind, Kind::VarPositional | Kind::VarKeyword)
}

/// The expression that makes the Rust value of one parameter out of `given`: a `&Value` if `fixed`,
/// else an `Option<&Value>` that is there when the parameter is required.
fn convert(
    entry: &Entry,
    parameter: &Parameter,
    ty: &Type,
    position: usize,
    given: &TokenStream,
    fixed: bool,
    named: usize,
) -> syn::Result<TokenStream> {
    let argument = argument(&entry.signature.name, parameter, position, named);
    let from = |ty: &Type, value: TokenStream| quote_spanned!(ty.span()=> <#ty as ::taipan_vm::native::FromArg>::from_arg(#value, #argument)?);
    let option = option_content(ty);
    let Some(default) = &parameter.default else {
        let value = if fixed {
            given.clone()
        } else {
            // Binding fails when a required argument is missing.
            quote!(unsafe { #given.unwrap_unchecked() })
        };
        // A required `Option<T>` says that `None` may be given.
        return Ok(match option {
            Some(content) => {
                let converted = from(content, quote!(value));
                quote! {{
                    let value: &::taipan_vm::value::Value = #value;
                    if value.is_none() { ::core::option::Option::None } else { ::core::option::Option::Some(#converted) }
                }}
            }
            None => from(ty, value),
        });
    };
    if let Some(content) = option {
        let converted = from(content, quote!(value));
        // Where the default is `None`, an explicit `None` means "not given".
        let guard = matches!(default, Default::None).then(|| quote!(if !value.is_none()));
        return Ok(quote! {
            match #given {
                ::core::option::Option::Some(value) #guard => ::core::option::Option::Some(#converted),
                _ => ::core::option::Option::None,
            }
        });
    }
    let literal = literal(default, ty)?;
    let converted = from(ty, quote!(value));
    Ok(quote! {
        match #given {
            ::core::option::Option::Some(value) => #converted,
            ::core::option::Option::None => #literal,
        }
    })
}

/// What a failing conversion names: CPython says "argument" of an only parameter, "argument 2" of
/// a positional one among several, "argument 'x'" of one that can be given by keyword.
fn argument(function: &str, parameter: &Parameter, position: usize, named: usize) -> TokenStream {
    let name = if parameter.kind == Kind::PositionalOnly {
        ""
    } else {
        &parameter.name
    };
    let position = if named == 1 && parameter.kind == Kind::PositionalOnly {
        0
    } else {
        position
    };
    quote! {
        const { &::taipan_vm::native::Argument { function: #function, name: #name, position: #position } }
    }
}

/// The `T` of `Option<T>`.
fn option_content(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if last.ident != "Option" {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(content) => Some(content),
        _ => None,
    }
}

/// A Python default as a Rust literal of the parameter's type.
fn literal(default: &Default, ty: &Type) -> syn::Result<TokenStream> {
    let span = ty.span();
    let is = |name: &str| matches!(ty, Type::Path(path) if path.path.is_ident(name));
    Ok(match default {
        Default::Bool(value) if is("bool") => quote_spanned!(span=> #value),
        Default::Int(value) if is("f64") => {
            let value = *value as f64;
            quote_spanned!(span=> #value)
        }
        Default::Int(value) if is("bool") => {
            let value = *value != 0;
            quote_spanned!(span=> #value)
        }
        Default::Int(value) => {
            let literal = Literal::i128_unsuffixed(value.abs());
            let sign = (*value < 0).then(|| quote!(-));
            quote_spanned!(span=> #sign #literal)
        }
        Default::Float(value) => quote_spanned!(span=> #value),
        Default::Text(value) if is("char") => {
            let mut chars = value.chars();
            match (chars.next(), chars.next()) {
                (Some(only), None) => quote_spanned!(span=> #only),
                _ => return Err(syn::Error::new(span, "the default is not one character")),
            }
        }
        Default::Text(value) => quote_spanned!(span=> ::core::convert::From::from(#value)),
        Default::None | Default::Bool(_) | Default::Other(_) => {
            return Err(syn::Error::new(
                span,
                "this default has no Rust literal of this type: use `Option<..>`",
            ));
        }
    })
}

/// The name and type of a parameter that is a plain identifier.
pub fn parameter_name(input: &FnArg) -> Option<(Ident, &Type)> {
    match input {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(pattern) => Some((pattern.ident.clone(), &typed.ty)),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// The error for a function that needs a receiver and has none.
pub fn receiver_missing(span: Span) -> syn::Error {
    syn::Error::new(
        span,
        "a method's receiver is `&self`, or a first parameter `this: &Value`",
    )
}

//! The second entry of a native function: plain types, for compiled code to call directly.
//!
//! `extern "C" fn(f64, i64) -> f64`, or, if the Rust function returns `PyResult`,
//! `extern "C" fn(f64, i64, *mut f64) -> bool` that writes the result and says whether it did.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, ReturnType, Type};

use crate::attributes::FunctionOptions;
use crate::function::{Entry, Receiver, bare, value_parameters};
use crate::signature::Kind;

/// The entry's function (if asked for) and the `Option<Unboxed>` expression.
pub fn entry(entry: &Entry, options: &FunctionOptions) -> syn::Result<(TokenStream, TokenStream)> {
    let span = entry.function.ident.span();
    if !options.unboxed {
        if options.pure || options.runs_python {
            return Err(syn::Error::new(
                span,
                "`pure` and `runs_python` describe an `unboxed` entry",
            ));
        }
        return Ok((TokenStream::new(), quote!(::core::option::Option::None)));
    }
    if options.pure && options.runs_python {
        return Err(syn::Error::new(span, "`pure` contradicts `runs_python`"));
    }
    let (mut names, mut types, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    match &entry.receiver {
        Receiver::None => {}
        Receiver::Value => {
            names.push(format_ident!("receiver"));
            types.push(quote!(&::taipan_vm::value::Value));
            kinds.push(quote!(Value));
        }
        Receiver::SelfRef | Receiver::Typed(_) => {
            return Err(syn::Error::new(
                span,
                "an `unboxed` method takes `this: &Value`",
            ));
        }
    }
    for (index, (parameter, ty)) in value_parameters(entry)?.into_iter().enumerate() {
        if parameter.kind != Kind::PositionalOnly || parameter.default.is_some() {
            return Err(syn::Error::new(
                span,
                "an `unboxed` function has positional-only parameters without defaults",
            ));
        }
        let kind = plain(ty).ok_or_else(|| {
            syn::Error::new(
                ty.span(),
                "an `unboxed` parameter is `i64`, `f64`, `bool`, `&Str` or `&Value`",
            )
        })?;
        names.push(format_ident!("value{index}"));
        types.push(quote!(#ty));
        kinds.push(kind);
    }
    let ReturnType::Type(_, returned) = &entry.function.output else {
        return Err(syn::Error::new(
            span,
            "an `unboxed` function returns a plain value",
        ));
    };
    let (may_raise, result) = result_content(returned);
    let result_kind = plain_result(&result).ok_or_else(|| {
        syn::Error::new(
            returned.span(),
            "an `unboxed` result is `i64`, `f64`, `bool`, `Value` or a `PyResult` of it",
        )
    })?;
    let name = format_ident!("__unboxed_{}", bare(&entry.function.ident));
    let target = &entry.target;
    let attributes = quote! {
        #[doc(hidden)]
        #[allow(improper_ctypes_definitions, non_snake_case, clippy::all)]
    };
    let function = if may_raise {
        quote! {
            #attributes
            pub(crate) extern "C" fn #name(#(#names: #types,)* out: *mut #result) -> bool {
                match #target(#(#names),*) {
                    ::core::result::Result::Ok(value) => {
                        // SAFETY: the caller passes a place for the result.
                        unsafe { out.write(value) };
                        true
                    }
                    ::core::result::Result::Err(_) => false,
                }
            }
        }
    } else {
        quote! {
            #attributes
            pub(crate) extern "C" fn #name(#(#names: #types),*) -> #result {
                #target(#(#names),*)
            }
        }
    };
    let path = entry
        .target
        .to_string()
        .starts_with("Self")
        .then(|| quote!(Self::));
    let (runs_python, pure) = (options.runs_python, options.pure);
    let description = quote! {
        ::core::option::Option::Some(::taipan_vm::native::Unboxed {
            entry: #path #name as *const (),
            parameters: &[#(::taipan_vm::native::Unbox::#kinds),*],
            result: ::taipan_vm::native::Unbox::#result_kind,
            effects: ::taipan_vm::native::Effects { may_raise: #may_raise, runs_python: #runs_python, pure: #pure },
        })
    };
    Ok((function, description))
}

/// The `Unbox` of a parameter type.
fn plain(ty: &Type) -> Option<TokenStream> {
    match ty {
        Type::Path(path) if path.path.is_ident("i64") => Some(quote!(Int)),
        Type::Path(path) if path.path.is_ident("f64") => Some(quote!(Float)),
        Type::Path(path) if path.path.is_ident("bool") => Some(quote!(Bool)),
        Type::Reference(reference) if reference.mutability.is_none() => {
            let Type::Path(path) = &*reference.elem else {
                return None;
            };
            match path.path.segments.last()?.ident.to_string().as_str() {
                "Str" => Some(quote!(Str)),
                "Value" => Some(quote!(Value)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn plain_result(ty: &TokenStream) -> Option<TokenStream> {
    let ty: Type = syn::parse2(ty.clone()).ok()?;
    match &ty {
        Type::Reference(_) => None,
        Type::Path(path) if path.path.segments.last()?.ident == "Value" => Some(quote!(Value)),
        _ => plain(&ty),
    }
}

/// Whether the type is `PyResult<T>`, and `T`.
fn result_content(ty: &Type) -> (bool, TokenStream) {
    if let Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
        && last.ident == "PyResult"
    {
        if let PathArguments::AngleBracketed(arguments) = &last.arguments
            && let Some(GenericArgument::Type(content)) = arguments.args.first()
        {
            return (true, quote!(#content));
        }
        return (true, quote!(::taipan_vm::value::Value));
    }
    (false, quote!(#ty))
}

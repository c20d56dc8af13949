//! `#[pymodule]`: collects what an inline module declares into its `MODULE`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Attribute, Item, ItemMod, Meta};

use crate::attributes::{ClassOptions, FunctionOptions, MethodsOptions, ModuleOptions};
use crate::docs::docstring;
use crate::{class, function, methods};

pub fn expand_module(options: ModuleOptions, mut module: ItemMod) -> syn::Result<TokenStream> {
    let Some((_, items)) = module.content.take() else {
        return Err(syn::Error::new(
            module.span(),
            "`#[pymodule]` goes on an inline module: `mod name { .. }`",
        ));
    };
    let name = options.name.value();
    let owner = if name == "builtins" {
        ""
    } else {
        name.as_str()
    };
    let doc = docstring(&module.attrs);
    let mut body = TokenStream::new();
    let mut functions = Vec::new();
    let mut attributes = Vec::new();
    let mut classes = options
        .classes
        .iter()
        .map(|path| quote!(#path))
        .collect::<Vec<_>>();
    let mut exec = None;
    for item in items {
        match item {
            Item::Fn(mut item) => {
                if let Some(attribute) = take(&mut item.attrs, "pyfunction") {
                    let options: FunctionOptions = arguments(&attribute)?;
                    functions.push(with_cfg(
                        &item.attrs,
                        function::definition_name(&item.sig.ident),
                    ));
                    body.extend(function::expand_function(options, item, owner)?);
                } else if let Some(attribute) = take(&mut item.attrs, "pyattr") {
                    let ident = &item.sig.ident;
                    let shown = attribute_name(&attribute, &function::bare(ident))?;
                    let getter = format_ident!("__attribute_{}", function::bare(ident));
                    body.extend(quote! {
                        #item
                        #[allow(non_snake_case)]
                        fn #getter() -> ::taipan_vm::exceptions::PyResult {
                            ::taipan_vm::native::IntoResult::into_result(#ident())
                        }
                    });
                    attributes.push(with_cfg(&item.attrs, quote!((#shown, #getter))));
                } else if take(&mut item.attrs, "pyexec").is_some() {
                    if exec.is_some() {
                        return Err(syn::Error::new(
                            item.sig.ident.span(),
                            "a second `#[pyexec]`",
                        ));
                    }
                    let ident = item.sig.ident.clone();
                    body.extend(quote!(#item));
                    exec = Some(ident);
                } else {
                    body.extend(quote!(#item));
                }
            }
            Item::Const(mut item) => {
                if let Some(attribute) = take(&mut item.attrs, "pyattr") {
                    let ident = &item.ident;
                    let shown = attribute_name(&attribute, &function::bare(ident))?;
                    let getter = format_ident!("__attribute_{}", function::bare(ident));
                    let cfg = cfg_attributes(&item.attrs);
                    body.extend(quote! {
                        #item
                        #(#cfg)*
                        #[allow(non_snake_case)]
                        fn #getter() -> ::taipan_vm::exceptions::PyResult {
                            ::taipan_vm::native::IntoResult::into_result(#ident)
                        }
                    });
                    attributes.push(with_cfg(&item.attrs, quote!((#shown, #getter))));
                } else {
                    body.extend(quote!(#item));
                }
            }
            Item::Struct(mut item) => {
                if let Some(attribute) = take(&mut item.attrs, "pyclass") {
                    let options: ClassOptions = arguments(&attribute)?;
                    let ident = &item.ident;
                    classes.push(quote!(#ident));
                    body.extend(class::expand_class_in(options, item, Some(&name))?);
                } else {
                    body.extend(quote!(#item));
                }
            }
            Item::Impl(mut item) => {
                if let Some(attribute) = take(&mut item.attrs, "pymethods") {
                    let options: MethodsOptions = arguments(&attribute)?;
                    body.extend(methods::expand_methods(options, item)?);
                } else {
                    body.extend(quote!(#item));
                }
            }
            other => body.extend(quote!(#other)),
        }
    }
    let exec = match exec {
        Some(ident) => quote!(::core::option::Option::Some(#ident)),
        None => quote!(::core::option::Option::None),
    };
    let (attrs, visibility, ident) = (&module.attrs, &module.vis, &module.ident);
    Ok(quote! {
        #(#attrs)*
        #visibility mod #ident {
            #body

            /// The module's declaration.
            pub static MODULE: ::taipan_vm::native::ModuleDef = ::taipan_vm::native::ModuleDef {
                name: #name,
                doc: #doc,
                functions: &[#(#functions),*],
                attributes: &[#(#attributes),*],
                classes: &[#(::taipan_vm::objects::class_native::ensure::<#classes>),*],
                exec: #exec,
            };
        }
    })
}

/// `#[pyattr]` or `#[pyattr("name")]`
fn attribute_name(attribute: &Attribute, ident: &str) -> syn::Result<String> {
    match &attribute.meta {
        Meta::Path(_) => Ok(ident.to_owned()),
        _ => Ok(attribute.parse_args::<syn::LitStr>()?.value()),
    }
}

/// An entry exists under the conditions of its item.
fn with_cfg(attributes: &[Attribute], entry: impl quote::ToTokens) -> TokenStream {
    let cfg = cfg_attributes(attributes);
    quote!(#(#cfg)* #entry)
}

fn cfg_attributes(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
}

/// Removes the attribute of that name (the last segment of its path counts).
pub fn take(attributes: &mut Vec<Attribute>, name: &str) -> Option<Attribute> {
    let index = attributes.iter().position(|attribute| {
        attribute
            .path()
            .segments
            .last()
            .is_some_and(|segment| segment.ident == name)
    })?;
    Some(attributes.remove(index))
}

/// The attribute's arguments; none at all reads as empty ones.
pub fn arguments<T: syn::parse::Parse>(attribute: &Attribute) -> syn::Result<T> {
    match &attribute.meta {
        Meta::Path(_) => syn::parse2(TokenStream::new()),
        Meta::List(_) => attribute.parse_args(),
        Meta::NameValue(pair) => Err(syn::Error::new(
            pair.span(),
            "expected arguments in parentheses",
        )),
    }
}

//! `#[pyclass]`: the `NativeClass` implementation of a struct.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Fields, Ident, ItemStruct};

use crate::attributes::ClassOptions;
use crate::docs::docstring;
use crate::module::take;

pub fn expand_class(options: ClassOptions, item: ItemStruct) -> syn::Result<TokenStream> {
    expand_class_in(options, item, None)
}

/// `module`: the name of the `#[pymodule]` around the class.
pub fn expand_class_in(
    options: ClassOptions,
    mut item: ItemStruct,
    module: Option<&str>,
) -> syn::Result<TokenStream> {
    let ident = item.ident.clone();
    if !item.generics.params.is_empty() {
        return Err(syn::Error::new(
            item.generics.span(),
            "a native class cannot be generic",
        ));
    }
    if !is_repr_c(&item) {
        return Err(syn::Error::new(
            ident.span(),
            "a native class must be `#[repr(C)]`: native code reads its fields",
        ));
    }
    let Fields::Named(fields) = &mut item.fields else {
        return Err(syn::Error::new(
            item.fields.span(),
            "a native class has named fields",
        ));
    };
    let mut traversed: Vec<Ident> = Vec::new();
    let mut base_field = None;
    for (index, field) in fields.named.iter_mut().enumerate() {
        let no_gc = take(&mut field.attrs, "no_gc").is_some();
        let Some(name) = field.ident.clone() else {
            continue;
        };
        if index == 0 {
            if name == "base" {
                base_field = Some(field.ty.clone());
            } else if name != "header" {
                return Err(syn::Error::new(
                    name.span(),
                    "the first field must be `header: Header` or `base: BaseClass`",
                ));
            }
        } else if !no_gc {
            traversed.push(name);
        }
    }
    if fields.named.is_empty() {
        return Err(syn::Error::new(
            ident.span(),
            "the first field must be `header: Header` or `base: BaseClass`",
        ));
    }

    let name = options
        .name
        .as_ref()
        .map_or_else(|| crate::function::bare(&ident), |name| name.value());
    let module = match (&options.module, module) {
        (Some(given), _) => given.value(),
        (None, Some(around)) => around.to_owned(),
        (None, None) => "builtins".to_owned(),
    };
    let mut doc = docstring(&item.attrs);
    if let Some(signature) = &options.signature {
        // The form in which `__doc__` and `__text_signature__` are taken apart at run time.
        doc = format!("{}\n--\n\n{doc}", signature.value());
    }
    let gc = options.gc;
    let base = match (&options.base, &base_field) {
        (Some(path), _) => {
            quote!(::core::option::Option::Some(<#path as ::taipan_vm::native::NativeClass>::class()))
        }
        (None, Some(ty)) => {
            quote!(::core::option::Option::Some(<#ty as ::taipan_vm::native::NativeClass>::class()))
        }
        (None, None) if name == "object" && module == "builtins" => {
            quote!(::core::option::Option::None)
        }
        (None, None) => quote! {
            ::core::option::Option::Some(
                <::taipan_vm::objects::object::Object as ::taipan_vm::native::NativeClass>::class(),
            )
        },
    };
    let start = if options.is_final {
        quote!(empty())
    } else {
        quote!(BASETYPE)
    };
    let flags = options.flags.iter().map(|word| {
        let constant = format_ident!(
            "{}",
            crate::function::bare(word).to_uppercase(),
            span = word.span()
        );
        quote!(.union(::taipan_vm::native::ClassFlags::#constant))
    });
    let items = if options.no_methods {
        quote! {
            &::taipan_vm::native::ClassItems { methods: &[], getsets: &[], slots: |_| {}, more: &[] }
        }
    } else {
        quote!(&<#ident>::ITEMS)
    };
    let (traverse, clear) = if options.custom_traverse {
        (
            quote!(::taipan_vm::gc::TraverseCustom::traverse_custom(
                self, visit
            )),
            quote!(::taipan_vm::gc::TraverseCustom::clear_custom(self)),
        )
    } else if gc {
        let base = base_field.as_ref().map(|ty| {
            (
                quote!(<#ty as ::taipan_vm::native::NativeClass>::traverse(&self.base, visit);),
                quote!(<#ty as ::taipan_vm::native::NativeClass>::clear(&self.base);),
            )
        });
        let (base_traverse, base_clear) = base.unzip();
        (
            quote!(#base_traverse #(::taipan_vm::gc::Traverse::traverse(&self.#traversed, visit);)*),
            quote!(#base_clear #(::taipan_vm::gc::Traverse::clear(&self.#traversed);)*),
        )
    } else {
        (TokenStream::new(), TokenStream::new())
    };
    Ok(quote! {
        #item

        // SAFETY: the struct is `#[repr(C)]` and starts with the object header (or with a base class
        // that does), and `traverse` visits every field that may own values.
        unsafe impl ::taipan_vm::native::NativeClass for #ident {
            const NAME: &'static str = #name;
            const MODULE: &'static str = #module;
            const DOC: &'static str = #doc;
            const FLAGS: ::taipan_vm::native::ClassFlags = ::taipan_vm::native::ClassFlags::#start #(#flags)*;
            const GC: bool = #gc;
            const ITEMS: &'static ::taipan_vm::native::ClassItems = #items;

            fn base() -> ::core::option::Option<&'static ::taipan_vm::objects::class::Type> {
                #base
            }

            fn cell() -> &'static ::taipan_vm::objects::class::TypeCell {
                static CELL: ::taipan_vm::objects::class::TypeCell = ::taipan_vm::objects::class::TypeCell::new();
                &CELL
            }

            #[allow(unused_variables)]
            fn traverse(&self, visit: &mut dyn FnMut(&::taipan_vm::value::Value)) {
                #traverse
            }

            fn clear(&self) {
                #clear
            }
        }
    })
}

fn is_repr_c(item: &ItemStruct) -> bool {
    item.attrs.iter().any(|attribute| {
        let mut found = false;
        if attribute.path().is_ident("repr") {
            let _ = attribute.parse_nested_meta(|meta| {
                found |= meta.path.is_ident("C");
                Ok(())
            });
        }
        found
    })
}

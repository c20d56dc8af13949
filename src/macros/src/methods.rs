//! `#[pymethods]`: the `ClassItems` of an `impl` block.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Ident, ImplItem, ImplItemFn, ItemImpl, LitStr, Meta,
    PathArguments, ReturnType, Type,
};

use crate::attributes::{FunctionOptions, MethodsOptions};
use crate::docs::docstring;
use crate::function::{
    Entry, Receiver, Shape, bare, method_def, parameter_name, parse_signature, raw_wrapper,
    receiver_missing, wrapper_function,
};
use crate::module::{arguments, take};
use crate::unboxed;

/// What is collected while walking the block.
#[derive(Default)]
struct Collected {
    methods: Vec<TokenStream>,
    getters: Vec<Getter>,
    setters: Vec<(Ident, TokenStream)>,
    slots: Vec<TokenStream>,
    /// Wrapper functions, put into a second `impl` block.
    wrappers: TokenStream,
}

struct Getter {
    function: Ident,
    name: String,
    doc: String,
    get: TokenStream,
}

pub fn expand_methods(options: MethodsOptions, mut block: ItemImpl) -> syn::Result<TokenStream> {
    if block.trait_.is_some() || !block.generics.params.is_empty() {
        return Err(syn::Error::new(
            block.span(),
            "`#[pymethods]` goes on a plain `impl Class { .. }`",
        ));
    }
    let mut collected = Collected::default();
    let mut errors: Option<syn::Error> = None;
    for item in &mut block.items {
        if let ImplItem::Fn(method) = item
            && let Err(error) = collect(method, &mut collected)
        {
            match &mut errors {
                Some(all) => all.combine(error),
                None => errors = Some(error),
            }
        }
    }
    let Collected {
        methods,
        getters,
        mut setters,
        slots,
        wrappers,
    } = collected;
    let mut getsets = Vec::new();
    for Getter {
        function,
        name,
        doc,
        get,
    } in getters
    {
        let setter = setters
            .iter()
            .position(|(of, _)| *of == function)
            .map(|index| setters.remove(index).1);
        let set = match setter {
            Some(path) => quote!(::core::option::Option::Some(#path)),
            None => quote!(::core::option::Option::None),
        };
        getsets.push(
            quote!(::taipan_vm::native::GetSetDef { name: #name, get: #get, set: #set, doc: #doc }),
        );
    }
    if let Some((of, _)) = setters.first() {
        let error = syn::Error::new(
            of.span(),
            format!("there is no `#[pygetset] fn {of}` in this block"),
        );
        match &mut errors {
            Some(all) => all.combine(error),
            None => errors = Some(error),
        }
    }
    if let Some(errors) = errors {
        return Err(errors);
    }
    let class = &block.self_ty;
    let items = options
        .items
        .clone()
        .unwrap_or_else(|| format_ident!("ITEMS"));
    let fill = format_ident!("__slots_of_{}", items.to_string().to_lowercase());
    let more = options.more.iter().map(|path| match path.get_ident() {
        Some(ident) => quote!(&<#class>::#ident),
        None => quote!(&#path),
    });
    Ok(quote! {
        // The slot `new` makes values, not structs; `index`, `bool` … are Python's names.
        #[allow(clippy::new_ret_no_self, clippy::should_implement_trait)]
        #block

        #[allow(non_snake_case)]
        impl #class {
            #wrappers

            #[doc(hidden)]
            #[allow(unused_variables)]
            fn #fill(slots: &mut ::taipan_vm::objects::class::TypeSlots) {
                #(#slots)*
            }

            /// What this block declares.
            #[doc(hidden)]
            pub const #items: ::taipan_vm::native::ClassItems = ::taipan_vm::native::ClassItems {
                methods: &[#(#methods),*],
                getsets: &[#(#getsets),*],
                slots: Self::#fill,
                more: &[#(#more),*],
            };
        }
    })
}

/// Which attribute made a function a native method.
#[derive(Clone, Copy, PartialEq)]
enum MethodAttribute {
    Method,
    Class,
    Static,
}

fn collect(method: &mut ImplItemFn, collected: &mut Collected) -> syn::Result<()> {
    for (name, kind) in [
        ("pymethod", MethodAttribute::Method),
        ("pyclassmethod", MethodAttribute::Class),
        ("pystaticmethod", MethodAttribute::Static),
    ] {
        if let Some(attribute) = take(&mut method.attrs, name) {
            collect_method(method, &attribute, kind, collected)?;
        }
    }
    if let Some(attribute) = take(&mut method.attrs, "pygetset") {
        let name = match &attribute.meta {
            Meta::Path(_) => bare(&method.sig.ident),
            _ => attribute.parse_args::<LitStr>()?.value(),
        };
        let get = plain_wrapper(method, "get", &method.sig.ident, collected)?;
        let doc = docstring(&method.attrs);
        collected.getters.push(Getter {
            function: method.sig.ident.clone(),
            name,
            doc,
            get,
        });
    }
    if let Some(attribute) = take(&mut method.attrs, "pysetter") {
        let of = attribute.parse_args::<Ident>()?;
        let set = plain_wrapper(method, "set", &method.sig.ident, collected)?;
        collected.setters.push((of, set));
    }
    if let Some(attribute) = take(&mut method.attrs, "pyslot") {
        let options: FunctionOptions = arguments(&attribute)?;
        // `fn new_slot` fills `new`, where the Rust name `new` is taken.
        let slot = options
            .slot
            .clone()
            .unwrap_or_else(|| slot_field(&method.sig.ident));
        let filled = if options.signature.is_some() {
            slot_with_signature(method, &slot, &options, collected)?
        } else {
            plain_wrapper(method, "slot", &slot, collected)?
        };
        collected
            .slots
            .push(quote!(slots.#slot = ::core::option::Option::Some(#filled);));
    }
    Ok(())
}

/// How the function takes its receiver.
fn receiver_of(method: &ImplItemFn, class_method: bool) -> syn::Result<Receiver> {
    let missing = || receiver_missing(method.sig.ident.span());
    let first = method.sig.inputs.first().ok_or_else(missing)?;
    if let FnArg::Receiver(receiver) = first {
        if receiver.reference.is_none() || receiver.mutability.is_some() || class_method {
            return Err(syn::Error::new(
                receiver.span(),
                "the receiver must be `&self`, `this: &Value` or `cls: &Type`",
            ));
        }
        return Ok(Receiver::SelfRef);
    }
    let (name, ty) = parameter_name(first).ok_or_else(missing)?;
    let expected = if class_method { "cls" } else { "this" };
    let name_text = name.to_string();
    // An underscore says that it is not used.
    if name_text != expected && !name_text.starts_with('_') {
        return Err(syn::Error::new(
            name.span(),
            format!("the receiver must be named `{expected}`"),
        ));
    }
    let Type::Reference(reference) = ty else {
        return Err(syn::Error::new(ty.span(), "the receiver is a reference"));
    };
    match &*reference.elem {
        Type::Path(path)
            if path
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "Value") =>
        {
            Ok(Receiver::Value)
        }
        other => Ok(Receiver::Typed(Box::new(other.clone()))),
    }
}

fn collect_method(
    method: &ImplItemFn,
    attribute: &Attribute,
    kind: MethodAttribute,
    collected: &mut Collected,
) -> syn::Result<()> {
    let options: FunctionOptions = arguments(attribute)?;
    let signature = parse_signature(&options, &method.sig.ident)?;
    let receiver = match kind {
        // `args` holds the receiver too where no parameter takes it.
        _ if options.raw && method.sig.inputs.len() == 2 => Receiver::None,
        MethodAttribute::Method => receiver_of(method, false)?,
        MethodAttribute::Class => receiver_of(method, true)?,
        MethodAttribute::Static => Receiver::None,
    };
    let name = &method.sig.ident;
    let entry = Entry {
        signature: &signature,
        function: &method.sig,
        receiver,
        target: quote!(Self::#name),
        owner: quote!(<Self as ::taipan_vm::native::NativeClass>::NAME),
        shape: Shape::Native,
        wrapper: format_ident!("__call_{}", bare(name)),
    };
    let call = if options.raw {
        raw_wrapper(&entry)?
    } else {
        wrapper_function(&entry)?
    };
    let (unboxed_function, unboxed) = unboxed::entry(&entry, &options)?;
    let kind = match kind {
        MethodAttribute::Method => quote!(Method),
        MethodAttribute::Class => quote!(Class),
        MethodAttribute::Static => quote!(Static),
    };
    let doc = docstring(&method.attrs);
    collected.methods.push(method_def(
        &entry,
        &kind,
        &doc,
        options.raw,
        Some(quote!(Self::)),
        &unboxed,
    ));
    collected.wrappers.extend(quote!(#call #unboxed_function));
    Ok(())
}

/// `new`, `init` and `call`: slots of the type `NativeFn`.
fn slot_with_signature(
    method: &ImplItemFn,
    slot: &Ident,
    options: &FunctionOptions,
    collected: &mut Collected,
) -> syn::Result<TokenStream> {
    let signature = parse_signature(options, &method.sig.ident)?;
    let name = &method.sig.ident;
    let shape = match slot.to_string().as_str() {
        "new" => Shape::New,
        "init" => Shape::Init,
        "call" => Shape::Call,
        _ => {
            return Err(syn::Error::new(
                name.span(),
                "only `new`, `init` and `call` take a signature",
            ));
        }
    };
    if options.raw {
        return Err(syn::Error::new(
            name.span(),
            "a raw slot is a plain `#[pyslot]`",
        ));
    }
    let receiver = receiver_of(method, shape == Shape::New)?;
    if shape == Shape::New && !matches!(receiver, Receiver::Typed(_)) {
        return Err(syn::Error::new(
            name.span(),
            "the first parameter must be `cls: &Type`",
        ));
    }
    let entry = Entry {
        signature: &signature,
        function: &method.sig,
        receiver,
        target: quote!(Self::#name),
        owner: quote!(""),
        shape,
        wrapper: format_ident!("__slot_{}", bare(name)),
    };
    let call = wrapper_function(&entry)?;
    collected.wrappers.extend(call);
    let wrapper = &entry.wrapper;
    Ok(quote!(Self::#wrapper))
}

/// The field of `TypeSlots` that a function of this name fills.
fn slot_field(name: &Ident) -> Ident {
    match bare(name).strip_suffix("_slot") {
        Some(field) => Ident::new(field, name.span()),
        None => name.clone(),
    }
}

/// Slots whose function does not return a Python value.
const OTHER_RESULTS: &[&str] = &[
    "drop",
    "traverse",
    "clear",
    "variable_size",
    "finalize",
    "hash",
    "setattro",
    "iternext",
    "descr_set",
    "init",
    "length",
    "buffer",
    "setitem",
    "contains",
    "bool",
];

/// Whether the function returns `PyResult`, as a slot wants it.
fn returns_value(output: &ReturnType) -> bool {
    let ReturnType::Type(_, ty) = output else {
        return false;
    };
    let Type::Path(path) = &**ty else {
        return false;
    };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    let value = match &last.arguments {
        PathArguments::None => true,
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(Type::Path(path))) => path
                .path
                .segments
                .last()
                .is_some_and(|it| it.ident == "Value"),
            _ => false,
        },
        PathArguments::Parenthesized(_) => false,
    };
    last.ident == "PyResult" && value
}

/// The function itself if it has the type of the slot, getter or setter; else a wrapper that takes
/// `&Value` for `&self` and converts the result.
fn plain_wrapper(
    method: &ImplItemFn,
    prefix: &str,
    slot: &Ident,
    collected: &mut Collected,
) -> syn::Result<TokenStream> {
    let name = &method.sig.ident;
    let by_reference = match method.sig.inputs.first() {
        Some(FnArg::Receiver(_)) => matches!(receiver_of(method, false)?, Receiver::SelfRef),
        _ => false,
    };
    let wants_value = match prefix {
        "get" => true,
        "slot" => !OTHER_RESULTS.contains(&bare(slot).as_str()),
        _ => false,
    };
    let convert = wants_value && !returns_value(&method.sig.output);
    if !by_reference && !convert {
        return Ok(quote!(Self::#name));
    }
    let wrapper = format_ident!("__{prefix}_{}", bare(name));
    let (mut names, mut types) = (Vec::new(), Vec::new());
    for (index, input) in method
        .sig
        .inputs
        .iter()
        .skip(usize::from(by_reference))
        .enumerate()
    {
        let FnArg::Typed(typed) = input else { continue };
        names.push(format_ident!("value{index}"));
        types.push(&typed.ty);
    }
    let (abi, output) = (&method.sig.abi, &method.sig.output);
    let receiver = by_reference.then(|| quote!(this: &::taipan_vm::value::Value,));
    let object = by_reference.then(|| {
        quote! {
            // SAFETY: a slot or property is only called with an instance of its class.
            unsafe { this.downcast_unchecked::<Self>() },
        }
    });
    let call = quote!(Self::#name(#object #(#names),*));
    let (output, call) = if convert {
        (
            quote!(-> ::taipan_vm::exceptions::PyResult),
            quote!(::taipan_vm::native::IntoResult::into_result(#call)),
        )
    } else {
        (quote!(#output), call)
    };
    collected.wrappers.extend(quote! {
        #[doc(hidden)]
        #[allow(improper_ctypes_definitions, non_snake_case)]
        pub(crate) #abi fn #wrapper(#receiver #(#names: #types),*) #output {
            #call
        }
    });
    Ok(quote!(Self::#wrapper))
}

//! What stands in the parentheses of the attributes.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Path, Token, ext::IdentExt, parenthesized};

/// `("sqrt($module, x, /)", unboxed, pure)`; the text is optional for slots and properties.
#[derive(Default)]
pub struct FunctionOptions {
    pub signature: Option<LitStr>,
    pub raw: bool,
    pub unboxed: bool,
    pub pure: bool,
    pub runs_python: bool,
    /// `slot = hash`: the slot that a function of another name fills.
    pub slot: Option<Ident>,
}

impl Parse for FunctionOptions {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut options = FunctionOptions::default();
        if input.peek(LitStr) {
            options.signature = Some(input.parse()?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        while !input.is_empty() {
            let word = input.call(Ident::parse_any)?;
            let flag = match word.to_string().as_str() {
                "raw" => &mut options.raw,
                "unboxed" => &mut options.unboxed,
                "pure" => &mut options.pure,
                "runs_python" => &mut options.runs_python,
                "slot" => {
                    input.parse::<Token![=]>()?;
                    options.slot = Some(input.call(Ident::parse_any)?);
                    &mut false
                }
                _ => {
                    return Err(syn::Error::new(
                        word.span(),
                        "expected `raw`, `unboxed`, `pure`, `runs_python` or `slot = NAME`",
                    ));
                }
            };
            if *flag {
                return Err(syn::Error::new(word.span(), "given twice"));
            }
            *flag = true;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

/// `(name = "math", classes(Deque, DefaultDict))`
pub struct ModuleOptions {
    pub name: LitStr,
    pub classes: Vec<Path>,
}

impl Parse for ModuleOptions {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut name = None;
        let mut classes = Vec::new();
        while !input.is_empty() {
            let word = input.call(Ident::parse_any)?;
            match word.to_string().as_str() {
                "name" => {
                    input.parse::<Token![=]>()?;
                    name = Some(input.parse()?);
                }
                "classes" => {
                    let list;
                    parenthesized!(list in input);
                    classes.extend(Punctuated::<Path, Token![,]>::parse_terminated_with(
                        &list,
                        Path::parse_mod_style,
                    )?);
                }
                _ => {
                    return Err(syn::Error::new(
                        word.span(),
                        "expected `name = \"..\"` or `classes(..)`",
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let name = name.ok_or_else(|| input.error("a module needs `name = \"..\"`"))?;
        Ok(ModuleOptions { name, classes })
    }
}

/// `(name = "list", module = "builtins", base = Object, final, gc)`
#[derive(Default)]
pub struct ClassOptions {
    pub name: Option<LitStr>,
    pub module: Option<LitStr>,
    pub signature: Option<LitStr>,
    pub base: Option<Path>,
    pub gc: bool,
    /// `traverse = custom`: the struct implements `TraverseCustom` itself.
    pub custom_traverse: bool,
    pub is_final: bool,
    pub no_methods: bool,
    /// Constants of `ClassFlags`, in lower case.
    pub flags: Vec<Ident>,
}

impl Parse for ClassOptions {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut options = ClassOptions::default();
        while !input.is_empty() {
            let word = input.call(Ident::parse_any)?;
            match word.to_string().as_str() {
                "name" => options.name = Some(text_value(input)?),
                "module" => options.module = Some(text_value(input)?),
                "signature" => options.signature = Some(text_value(input)?),
                "base" => {
                    input.parse::<Token![=]>()?;
                    options.base = Some(input.call(Path::parse_mod_style)?);
                }
                "gc" => options.gc = true,
                "final" => options.is_final = true,
                "traverse" => {
                    input.parse::<Token![=]>()?;
                    let how = input.call(Ident::parse_any)?;
                    match how.to_string().as_str() {
                        "custom" => options.custom_traverse = true,
                        // What a class without `gc` does anyway; it may be said.
                        "none" => {}
                        _ => {
                            return Err(syn::Error::new(how.span(), "expected `custom` or `none`"));
                        }
                    }
                }
                "no_methods" => options.no_methods = true,
                _ if input.peek(Token![=]) => {
                    return Err(syn::Error::new(
                        word.span(),
                        "expected `name`, `module`, `base`, `signature` or a flag",
                    ));
                }
                _ => options.flags.push(word),
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

fn text_value(input: ParseStream) -> syn::Result<LitStr> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// `(items = FORMAT_ITEMS)`, `(more(FORMAT_ITEMS, OTHER_ITEMS))`
#[derive(Default)]
pub struct MethodsOptions {
    pub items: Option<Ident>,
    pub more: Vec<Path>,
}

impl Parse for MethodsOptions {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut options = MethodsOptions::default();
        while !input.is_empty() {
            let word = input.call(Ident::parse_any)?;
            match word.to_string().as_str() {
                "items" => {
                    input.parse::<Token![=]>()?;
                    options.items = Some(input.parse()?);
                }
                "more" => {
                    let list;
                    parenthesized!(list in input);
                    options
                        .more
                        .extend(Punctuated::<Path, Token![,]>::parse_terminated_with(
                            &list,
                            Path::parse_mod_style,
                        )?);
                }
                _ => {
                    return Err(syn::Error::new(
                        word.span(),
                        "expected `items = NAME` or `more(NAME, ..)`",
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

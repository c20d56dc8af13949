//! Objects: the built-in classes, one file each.

pub mod anext;
pub mod bool_methods;
pub mod buffer;
pub mod buffer_wrapper;
pub mod builtin_function;
pub mod bytearray;
pub mod bytes;
pub mod bytes_format;
pub mod bytes_iter;
pub mod bytes_like;
pub mod bytes_new;
pub mod cell;
pub mod class;
pub mod class_native;
pub mod class_new;
pub mod classmethod;
pub mod code;
pub mod code_methods;
pub mod code_new;
pub mod codec;
pub mod complex;
pub mod complex_arith;
pub mod dict;
pub mod dict_methods;
pub mod dict_views;
pub mod enumerate;
pub mod filter;
pub mod float;
pub mod float_arith;
pub mod float_methods;
pub mod frame;
pub mod frame_locals;
pub mod function;
pub mod generator;
pub mod generic_alias;
pub mod getset;
pub mod int;
pub mod int_arith;
pub mod int_methods;
pub mod int_text;
pub mod list;
pub mod list_iter;
pub mod list_methods;
pub mod list_slices;
pub mod list_sort;
pub mod map;
pub mod mapping_proxy;
pub mod member;
pub mod memory_item;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod none;
pub mod object;
pub mod packed;
pub mod property;
pub mod range;
pub mod reused_tuple;
pub mod reversed;
pub mod seq_iter;
pub mod set;
pub mod set_methods;
pub mod simple_namespace;
pub mod singletons;
pub mod slice;
pub mod slice_support;
pub mod slot_wrapper;
pub mod staticmethod;
pub mod std_buffer;
pub mod std_stream;
pub mod str;
pub mod str_case;
pub mod str_format;
pub mod str_iter;
pub mod str_methods;
pub mod struct_sequence;
pub mod super_;
pub mod template;
pub mod text_support;
pub mod traceback;
pub mod tuple;
pub mod tuple_getter;
pub mod tuple_iter;
pub mod tuple_methods;
pub mod type_methods;
pub mod union;
pub mod weakproxy;
pub mod weakref;
pub mod zip;

/// The classes that start-up does not need by itself; the others are made first.
pub fn more_classes() -> Vec<&'static class::Type> {
    use class_native::create;
    vec![
        create::<anext::AnextAwaitable>(),
        create::<bytes_iter::BytesIterator>(),
        create::<bytes_iter::BytearrayIterator>(),
        create::<str_iter::StrIterator>(),
        create::<dict_views::DictKeys>(),
        create::<dict_views::DictItems>(),
        create::<dict_views::DictValues>(),
        create::<dict_views::DictKeyIterator>(),
        create::<dict_views::DictValueIterator>(),
        create::<dict_views::DictItemIterator>(),
        create::<dict_views::DictReverseKeyIterator>(),
        create::<dict_views::DictReverseValueIterator>(),
        create::<dict_views::DictReverseItemIterator>(),
        create::<list_iter::ListReverseIterator>(),
        create::<range::LongRangeIterator>(),
        create::<set_methods::SetIterator>(),
        create::<memoryview::Memoryview>(),
        create::<seq_iter::SequenceIterator>(),
        create::<seq_iter::CallableIterator>(),
        create::<enumerate::Enumerate>(),
        create::<zip::Zip>(),
        create::<map::Map>(),
        create::<filter::Filter>(),
        create::<reversed::Reversed>(),
        create::<mapping_proxy::MappingProxy>(),
        create::<generic_alias::GenericAlias>(),
        create::<union::Union>(),
        create::<weakref::Reference>(),
        create::<weakproxy::Proxy>(),
        create::<weakproxy::CallableProxy>(),
        create::<simple_namespace::SimpleNamespace>(),
    ]
}

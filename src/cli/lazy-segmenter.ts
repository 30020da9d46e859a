// The first Intl.Segmenter of a process costs as much as starting Node, and string-width makes one when it is loaded. Imported first,
// this lets it be made when text that needs it is first measured, which the first frame need not wait for.
const Segmenter = Intl.Segmenter;

class LazySegmenter {
  private readonly words: ConstructorParameters<typeof Segmenter>;
  private made: Intl.Segmenter | null = null;

  constructor(...words: ConstructorParameters<typeof Segmenter>) {
    this.words = words;
  }

  static supportedLocalesOf = Segmenter.supportedLocalesOf;

  segment(text: string): Intl.Segments {
    return this.real().segment(text);
  }

  resolvedOptions(): Intl.ResolvedSegmenterOptions {
    return this.real().resolvedOptions();
  }

  private real(): Intl.Segmenter {
    this.made ??= new Segmenter(...this.words);
    return this.made;
  }
}

Object.defineProperty(Intl, 'Segmenter', { value: LazySegmenter, configurable: true, writable: true });

package dev.sotto.cli.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Figures that are measured together. */
interface Measurement {
  /** What it gives, in order. */
  List<Entry> entries();

  /** Measures and tells; a figure that this machine cannot give is left out. */
  void measure(Setting setting, Consumer<Figure> figures) throws IOException;
}

package dev.sotto.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;

/** Shows an answer as it comes, unless the answer is wanted as one JSON object at the end. */
final class TextOutput implements Consumer<String> {
  private final PrintWriter out;
  private final boolean silent;

  TextOutput(PrintWriter out, boolean silent) {
    this.out = out;
    this.silent = silent;
  }

  @Override
  public void accept(String piece) {
    if (!silent) {
      out.print(piece);
      out.flush();
    }
  }

  void end() {
    if (!silent) {
      out.println();
      out.flush();
    }
  }
}

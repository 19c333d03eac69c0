package dev.sotto.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines of a stream: UTF-8, and no longer than a prompt may be. */
final class StreamLines implements Conversation.Lines {
  private final InputStream in;

  StreamLines(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  @Override
  public @Nullable String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int read = in.read();
    if (read < 0) {
      return null;
    }
    for (; read >= 0 && read != '\n'; read = in.read()) {
      if (line.size() >= PromptOptions.MAX_PROMPT_BYTES) {
        throw new CommandFailed(
            "a line is longer than %d bytes".formatted(PromptOptions.MAX_PROMPT_BYTES));
      }
      line.write(read);
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(line.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new CommandFailed("a line is not valid UTF-8");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

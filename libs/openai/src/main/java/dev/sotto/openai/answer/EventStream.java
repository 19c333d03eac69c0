package dev.sotto.openai.answer;

import dev.sotto.openai.json.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Server-sent events (WHATWG HTML, section 9.2). A stream begins with its first event, or with a
 * comment once nothing has been said for a while, so that proxies do not cut it. A client that has
 * left is noticed at the next write; nothing more is written then.
 */
public final class EventStream implements AutoCloseable {
  private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final int STEP_BYTES = 256;
  private static final int MAX_RECORDED_BYTES = 4 << 20;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final HttpServletResponse response;
  private final Duration keepAlive;
  private final boolean obfuscated;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition over = lock.newCondition();
  private @Nullable ByteArrayOutputStream recorded = new ByteArrayOutputStream();
  private long lastWrite = System.nanoTime();
  private boolean begun;
  private boolean closed;
  private boolean gone;

  /** A stream into a response; its headers must be set. */
  EventStream(HttpServletResponse response, Duration keepAlive, boolean obfuscated) {
    this.response = response;
    this.keepAlive = keepAlive;
    this.obfuscated = obfuscated;
    Thread.ofVirtual().name("sotto-keep-alive").start(this::keepAlive);
  }

  /** Sets a header of the response; does nothing once the stream has begun. */
  void header(String name, String value) {
    lock.lock();
    try {
      if (!begun) {
        response.setHeader(name, value);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sends an event: a record as JSON, padded where the stream hides lengths. */
  public void send(Object data) {
    write(null, Json.tree(data), obfuscated);
  }

  /** Sends an event with a name; it says nothing whose length tells something. */
  public void send(String name, Object data) {
    write(name, Json.tree(data), false);
  }

  /** Sends an event with a name, padded where the stream hides lengths. */
  public void sendPadded(String name, Object data) {
    write(name, Json.tree(data), obfuscated);
  }

  /** Says that no event will come. */
  public void sendDone() {
    write("data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII));
  }

  private void write(@Nullable String name, ObjectNode data, boolean padded) {
    if (padded) {
      data.put("obfuscation", "");
      data.put("obfuscation", padding(Json.bytes(data).length));
    }
    String head = name == null ? "data: " : "event: " + name + "\ndata: ";
    write(
        (head + new String(Json.bytes(data), StandardCharsets.UTF_8) + "\n\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Fills up to the next multiple; random, so that compression on the way does not undo it. */
  private static String padding(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = Math.floorMod(-length, STEP_BYTES); i > 0; i--) {
      text.append(Character.forDigit(RANDOM.nextInt(36), 36));
    }
    return text.toString();
  }

  private void write(byte[] event) {
    lock.lock();
    try {
      if (closed || gone) {
        return;
      }
      begin();
      put(event);
      if (recorded != null && recorded.size() + event.length <= MAX_RECORDED_BYTES) {
        recorded.writeBytes(event);
      } else {
        recorded = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private void begin() {
    if (!begun) {
      begun = true;
      response.setStatus(200);
      response.setContentType("text/event-stream");
      response.setCharacterEncoding(StandardCharsets.UTF_8);
      response.setHeader("Cache-Control", "no-cache");
      response.setHeader("X-Accel-Buffering", "no");
    }
  }

  private void put(byte[] bytes) {
    try {
      response.getOutputStream().write(bytes);
      response.flushBuffer();
      lastWrite = System.nanoTime();
    } catch (IOException | RuntimeException e) {
      gone = true; // whoever writes asks before the next step
    }
  }

  private void keepAlive() {
    lock.lock();
    try {
      while (!closed && !gone) {
        long left = lastWrite + keepAlive.toNanos() - System.nanoTime();
        if (left <= 0) {
          begin();
          put(KEEP_ALIVE);
        } else {
          over.await(left, TimeUnit.NANOSECONDS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the client has left. */
  boolean gone() {
    lock.lock();
    try {
      return gone;
    } finally {
      lock.unlock();
    }
  }

  /** Closes a stream that has not begun; false for one that has. */
  boolean withdrawn() {
    lock.lock();
    try {
      if (!begun) {
        close();
      }
      return !begun;
    } finally {
      lock.unlock();
    }
  }

  /** All events, or null if they were too many to keep. */
  byte @Nullable [] recorded() {
    lock.lock();
    try {
      return recorded == null ? null : recorded.toByteArray();
    } finally {
      lock.unlock();
    }
  }

  /** Writes what was recorded of another. */
  void replay(byte[] events) {
    write(events);
  }

  /** Nothing is written after this. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      over.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

package dev.sotto.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.models.ModelException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ChatTemplateTest {
  private static final List<ChatMessage> TALK =
      List.of(
          ChatMessage.system("Be brief."),
          ChatMessage.user("  Hi  "),
          ChatMessage.assistant("Hello."),
          ChatMessage.user("Bye"));

  /** In the manner of Llama 3's. */
  private static final String HEADERS =
      """
      {% set loop_messages = messages %}
      {% for message in loop_messages %}
          {% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' %}
          {% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}
          {{- content -}}
      {% endfor %}
      {%- if add_generation_prompt -%}
          {{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
      {%- endif -%}
      """;

  /**
   * In the manner of Llama 2's: the system's words go into the first turn; roles must alternate.
   */
  private static final String INSTRUCTIONS =
      """
      {%- if messages[0]['role'] == 'system' -%}
        {%- set system = messages[0]['content'] -%}{%- set rest = messages[1:] -%}
      {%- else -%}
        {%- set system = false -%}{%- set rest = messages -%}
      {%- endif -%}
      {%- for message in rest -%}
        {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
          {{- raise_exception('Roles must alternate user/assistant') -}}
        {%- endif -%}
        {%- if loop.first and system != false -%}
          {%- set content = '<<SYS>>' + system + '<</SYS>>' + message.content -%}
        {%- else -%}
          {%- set content = message.content -%}
        {%- endif -%}
        {%- if message.role == 'user' -%}
          {{- bos_token + '[INST] ' + content.strip() + ' [/INST]' -}}
        {%- elif message.role == 'assistant' -%}
          {{- ' ' ~ content.strip() ~ ' ' ~ eos_token -}}
        {%- endif -%}
      {%- endfor -%}
      """;

  @Test
  void rendersHeaders() {
    assertThat(new ChatTemplate(HEADERS, "<|begin_of_text|>", "<|eot_id|>").render(TALK, true))
        .isEqualTo(
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\n");
  }

  @Test
  void rendersInstructions() {
    assertThat(new ChatTemplate(INSTRUCTIONS, "<s>", "</s>").render(TALK, true))
        .isEqualTo(
            "<s>[INST] <<SYS>>Be brief.<</SYS>>  Hi [/INST] Hello. </s><s>[INST] Bye [/INST]");
  }

  @Test
  void aTemplatesComplaintIsPassedOn() {
    ChatTemplate template = new ChatTemplate(INSTRUCTIONS, "<s>", "</s>");
    List<ChatMessage> twice = List.of(ChatMessage.user("a secret"), ChatMessage.user("another"));
    assertThatThrownBy(() -> template.render(twice, true))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Roles must alternate user/assistant")
        .hasMessageNotContaining("secret");
    ChatTemplate quoting =
        new ChatTemplate("{{ raise_exception('no: ' + messages[0].content) }}", "", "");
    assertThatThrownBy(() -> quoting.render(twice, true))
        .isInstanceOf(ModelException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void whatIsSaidIsNeverInterpreted() {
    String said = "{{ 7 * 7 }} {% for i in range(3) %}x{% endfor %} {# gone #} <b>&amp;\\n";
    ChatTemplate template = new ChatTemplate("{{ messages[0]['content'] }}", "", "");
    assertThat(template.render(List.of(ChatMessage.user(said)), false)).isEqualTo(said);
    ChatTemplate through =
        new ChatTemplate(
            "{% set c = messages[0].content %}{% for m in messages %}{{ '[' + c + ']' }}{% endfor %}",
            "", "");
    assertThat(through.render(List.of(ChatMessage.user(said)), false)).isEqualTo("[" + said + "]");
  }

  @Test
  void dropsOneNewlineAtTheEndAndNoOther() {
    List<ChatMessage> one = List.of(ChatMessage.user("x\n"));
    assertThat(new ChatTemplate("{{ messages[0].content }}\n", "", "").render(one, false))
        .isEqualTo("x\n");
    assertThat(new ChatTemplate("{{ messages[0].content }}\n\n", "", "").render(one, false))
        .isEqualTo("x\n\n");
  }

  @Test
  void unknownNamesAreEmptyAsInJinja() {
    ChatTemplate template =
        new ChatTemplate(
            "{% if tools is defined and tools is not none %}T{% else %}-{% endif %}{{ nothing }}",
            "", "");
    assertThat(template.render(TALK, true)).isEqualTo("-");
  }

  @Test
  @Timeout(60)
  void strangersTemplatesReachNothingAndEnd() {
    for (String source :
        new String[] {
          "{% include '/etc/passwd' %}",
          "{% import 'jinjava/x.html' as x %}{{ x }}",
          "{% extends '/etc/passwd' %}",
          "{% from '/etc/passwd' import a %}",
          "{% for a in range(4000) %}{% for b in range(4000) %}{% for c in range(4000) %}{{ '' }}{% endfor %}{% endfor %}{% endfor %}",
          "{% for a in range(4000) %}{% for b in range(4000) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %}{% endfor %}",
          "{% macro m(x) %}{{ m(x) }}{{ m(x) }}{% endmacro %}{{ m(1) }}",
          "{% for",
          "{{ messages[0] ",
          "{{ ''|render }}",
        }) {
      assertThatExceptionOfType(ModelException.class)
          .as(source)
          .isThrownBy(() -> new ChatTemplate(source, "", "").render(TALK, true));
    }
    for (String source :
        new String[] {
          "{{ ''.getClass().forName('java.lang.Runtime') }}",
          "{{ messages.getClass() }}",
          "{{ ''['class'] }}",
          "{{ messages[0].class.classLoader }}",
          "{{ ____int3rpr3t3r____.config }}",
        }) {
      String out;
      try {
        out = new ChatTemplate(source, "", "").render(TALK, true);
      } catch (ModelException e) {
        continue;
      }
      assertThat(out).as(source).isBlank();
    }
  }

  @Test
  void boundsWhatItIsGiven() {
    assertThatThrownBy(() -> new ChatTemplate("x".repeat(1 << 20), "", ""))
        .isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> new ChatTemplate("x", "", "").render(List.of(), true))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void messagesDoNotPrintWhatWasSaid() {
    assertThat(ChatMessage.user("secret").toString()).doesNotContain("secret");
  }
}

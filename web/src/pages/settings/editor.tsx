// Chooses the editor for a setting's kind.
import type { Setting } from '../../../../src/contract/contract.ts';
import { ListEditor, type ListEditorProps } from './list-editor.tsx';
import { RowsEditor } from './rows-editor.tsx';
import type { Draft, ValueProblems } from './setting-draft.ts';
import { TextEditor } from './text-editor.tsx';
import { WordsEditor } from './words-editor.tsx';

export interface EditorProps {
  setting: Setting;
  draft: Draft;
  problems: ValueProblems;
  onChange(draft: Draft): void;
}

const editedNames: Partial<Record<Setting['kind'], ListEditorProps['what']>> = {
  agents: 'agent',
  people: 'person',
};

export function Editor({ setting, draft, problems, onChange }: EditorProps) {
  if (draft.shape === 'rows')
    return (
      <RowsEditor
        rows={draft.rows}
        problems={problems}
        onChange={(rows) => onChange({ shape: 'rows', rows })}
      />
    );
  if (draft.shape === 'text')
    return (
      <TextEditor
        setting={setting}
        text={draft.text}
        problem={problems['']}
        onChange={(text) => onChange({ shape: 'text', text })}
      />
    );
  const list = {
    entries: draft.entries,
    problems,
    onChange: (entries: string[]) => onChange({ shape: 'list', entries }),
  };
  if (setting.kind === 'words') return <WordsEditor {...list} />;
  return <ListEditor {...list} what={editedNames[setting.kind] ?? 'model'} choices={setting.choices ?? []} />;
}
